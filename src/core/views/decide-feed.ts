import type { BuildChange, ChangedBuild, ChangedBuilds } from './build-change.js';

/** What was reported to one tenant and will be found again by the next poll. */
type TenantFeed =
  /** The change token of each build that was found. */
  | { readonly kind: 'told'; readonly changeTokens: ReadonlyMap<string, string> }
  /** More had changed than is told one by one. */
  | { readonly kind: 'flooded'; readonly reloadedAt: string };

/** What the next poll goes on from. */
export interface FeedState {
  /** When the last poll was, on the database's clock; `null`: there was none. */
  readonly since: string | null;
  /** Whether a poll has failed since. */
  readonly missed: boolean;
  readonly tenants: ReadonlyMap<string, TenantFeed>;
}

/** What those who watch a tenant are told. */
export type FeedNews =
  | { readonly kind: 'changes'; readonly tenantId: string; readonly changes: readonly BuildChange[] }
  | { readonly kind: 'reload'; readonly tenantId: string };

/** Nobody has looked yet. */
export const NOTHING_SEEN: FeedState = { since: null, missed: false, tenants: new Map() };

/**
 * Decides whom to tell what after a look for these tenants that went on from `state.since`. Poller overlap, so what was
 * told is recognised by its change token; only tokens of this poll are kept, since the next one finds no older change.
 *
 * Everyone reloads after a failure, and when the database's clock has gone back: it may be another server, which lacks
 * what was told. Where more than `maxChanges` builds of a tenant are found, it reloads at once, again whenever all
 * that is found is younger than that, and once more at the end, since nobody knows which changes there were.
 */
export function decideFeed(
  state: FeedState,
  tenantIds: readonly string[],
  look: ChangedBuilds,
  maxChanges: number,
): { readonly next: FeedState; readonly news: readonly FeedNews[] } {
  const { now } = look;
  const mustReload = state.missed || (state.since !== null && now < state.since);
  const found = new Map<string, ChangedBuild[]>(tenantIds.map((tenantId) => [tenantId, []]));
  for (const build of look.builds) found.get(build.tenantId)?.push(build);

  const tenants = new Map<string, TenantFeed>();
  const news: FeedNews[] = [];
  for (const [tenantId, changed] of found) {
    const before = state.tenants.get(tenantId);
    const isFlood = changed.length > maxChanges;
    const isReloadedAlready = isFlood && before?.kind === 'flooded' && before.reloadedAt >= look.from;
    if (isReloadedAlready && !mustReload) {
      tenants.set(tenantId, before);
      continue;
    }
    tenants.set(tenantId, isFlood ? { kind: 'flooded', reloadedAt: now } : toldOf(changed));
    if (isFlood || mustReload || before?.kind === 'flooded') {
      news.push({ kind: 'reload', tenantId });
      continue;
    }
    const changes = changed
      .filter(({ bindingId, changeToken }) => before?.changeTokens.get(bindingId) !== changeToken)
      .map(({ changeToken: _mark, ...change }) => change);
    if (changes.length > 0) news.push({ kind: 'changes', tenantId, changes });
  }
  return { next: { since: now, missed: false, tenants }, news };
}

function toldOf(changed: readonly ChangedBuild[]): TenantFeed {
  return {
    kind: 'told',
    changeTokens: new Map(changed.map(({ bindingId, changeToken }) => [bindingId, changeToken])),
  };
}
