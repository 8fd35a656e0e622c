/** A column of a table, or a path inside one of its JSON columns. */
export type ColumnReference =
  | string
  | {
      /** The name of the JSON column. */
      readonly column: string;
      /** The keys that lead to the value. */
      readonly path: readonly [string, ...string[]];
    };

/**
 * A status column.
 *
 * `labels` maps a word to the host's label: `{ 'Build in Progress': 'BuildInProgress' }`. If there are several labels, the
 * first one is written, and all of them are read as that word. Words and labels that are not mapped stay as they are.
 */
export type StatusColumn =
  | string
  | {
      /** The name of the column. */
      readonly column: string;
      /**
       * The name of the column's Postgres enum.
       *
       * @default the column is text
       */
      readonly enum?: string;
      /**
       * The schema of the enum.
       *
       * @default the schema of the host's tables
       */
      readonly enumSchema?: string;
      /**
       * The host's label, or labels, of each word.
       *
       * @default words are their own labels
       */
      readonly labels?: Readonly<Record<string, string | readonly [string, ...string[]]>>;
    };

/**
 * Where a row names the row that it belongs to: a column with its id; or a type column and an id column, if rows of the table
 * can belong to different things.
 */
export type ParentReference =
  | string
  | {
      /** The column that says what the row belongs to. */
      readonly type: string;
      /** What it says of such a parent. */
      readonly is: string;
      /** The column with the id of the parent. */
      readonly id: string;
    };

/** A constant, as the database reads it for its column: `'build'`, `3`, `false`. */
export type Constant = string | number | boolean;

/** What a column must be for its row to exist for the library. */
export type ColumnCondition =
  | {
      /** The value that it has. Null equals nothing. */
      readonly equals: Constant;
    }
  | {
      /** The values that it may have; `null` among them allows null. */
      readonly in: readonly [Constant | null, ...(Constant | null)[]];
    }
  | {
      /** Whether it is null. */
      readonly isNull: boolean;
    };

/** The value of a further column of a new checklist task: a constant, or what is known of the task and of the request for its build. */
export type TaskValue =
  | Constant
  | {
      /** The id or the text that is written. */
      readonly from:
        | 'tenantId'
        | 'projectId'
        | 'automationVersionId'
        | 'automationId'
        | 'slug'
        | 'category'
        | 'title';
    }
  | {
      /** The id of the user who requested the build. */
      readonly from: 'requestedBy';
      /**
       * The id that is written if no user did, as with `auto_build`.
       *
       * @default null is written
       */
      readonly otherwise?: string;
    }
  | {
      /** The time of the request. */
      readonly from: 'now';
      /**
       * How many days later, for a due date.
       *
       * @default 0
       */
      readonly plusDays?: number;
    };
