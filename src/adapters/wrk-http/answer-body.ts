// What WRK wrote: a workflow, or findings. Nothing of it is used unchecked.

import * as z from 'zod';
import { isWrkId, MAX_WORKFLOW_URL_LENGTH, readWorkflowUrl } from '../../core/input/workflow-text.js';

/** The rules that an answer of WRK must pass before anything of it is used. */
export interface WorkflowRules {
  /** The tenant that the call was made for. */
  readonly tenantId: string;
  readonly isUrlAllowed: (url: string) => boolean;
  /** Whether a text contains one of our secrets: the workflow would be stored, and its URL sent to people. */
  readonly carriesSecret: (text: string) => boolean;
}

/** A workflow from WRK, or the reason why it cannot be used. */
export type WorkflowBody =
  | { readonly usable: true; readonly workflowId: string; readonly workflowUrl: string }
  | { readonly usable: false; readonly why: string };

const wrkId = z.string().refine(isWrkId);
const createdSchema = z.object({
  workflow_id: wrkId,
  workflow_url: z.string().min(1).max(MAX_WORKFLOW_URL_LENGTH),
  tenant_id: z.unknown().optional(),
});
const existingSchema = z.object({
  workflow_id: wrkId.nullable().catch(null),
  workflow_url: z.string().nullable().catch(null),
  reference: wrkId.nullable().catch(null),
  tenant_id: z.unknown().optional(),
});

/** Reads `{ workflow_id, workflow_url, tenant_id? }`. The reason of a problem never quotes the body. */
export function readCreated(json: unknown, rules: WorkflowRules): WorkflowBody {
  if (json === undefined) return unusable('it is not JSON');
  const read = createdSchema.safeParse(json);
  if (!read.success) {
    const key = read.error.issues[0]?.path[0];
    return unusable(key === undefined ? 'it is not a JSON object' : `it has no usable ${String(key)}`);
  }
  if (isForeign(read.data.tenant_id, rules)) return unusable('it names another tenant');
  return believed(read.data.workflow_id, read.data.workflow_url, rules);
}

/** Checks a workflow's id and URL against the rules, wherever they came from. */
export function readWorkflow(id: unknown, url: unknown, rules: WorkflowRules): WorkflowBody {
  return readCreated({ workflow_id: id, workflow_url: url }, rules);
}

/** The existing workflow that a 409 names: each part if it passes the rules, otherwise `null`. */
export function readExisting(
  json: unknown,
  rules: WorkflowRules,
): { workflowId: string | null; workflowUrl: string | null; reference: string | null } {
  const read = existingSchema.safeParse(json);
  if (!read.success || isForeign(read.data.tenant_id, rules)) {
    return { workflowId: null, workflowUrl: null, reference: null };
  }
  const unlessSecret = (text: string | null) => (text !== null && rules.carriesSecret(text) ? null : text);
  const url = unlessSecret(read.data.workflow_url);
  return {
    workflowId: unlessSecret(read.data.workflow_id),
    workflowUrl: url !== null && rules.isUrlAllowed(url) ? url : null,
    reference: unlessSecret(read.data.reference),
  };
}

const unusable = (why: string): WorkflowBody => ({ usable: false, why });

function believed(workflowId: string, workflowUrl: string, rules: WorkflowRules): WorkflowBody {
  if (!rules.isUrlAllowed(workflowUrl)) return unusable('its workflow_url is not allowed');
  if (rules.carriesSecret(workflowId) || rules.carriesSecret(workflowUrl))
    return unusable('it contains our token');
  return { usable: true, workflowId, workflowUrl };
}

function isForeign(tenantId: unknown, rules: WorkflowRules): boolean {
  return tenantId !== undefined && tenantId !== null && String(tenantId) !== rules.tenantId;
}

const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Returns the check for workflow URLs, which are later sent to people by e-mail: https on any host, or only on
 * `hosts` if given (`app.example.com`, `*.example.com`), and no user name or password. Plain http is accepted only if
 * the base URL uses it too: on the base URL's own host, and on any loopback address if the base URL is one.
 */
export function workflowUrlRule(
  baseUrl: URL,
  hosts: readonly string[] | undefined,
): (url: string) => boolean {
  const plain = baseUrl.protocol === 'http:';
  const loopback = LOOPBACK.test(baseUrl.hostname);
  const allowed = hosts?.map((host) => host.toLowerCase());

  return (text) => {
    const url = readWorkflowUrl(text);
    if (url === null) return false;
    if (url.protocol === 'http:') {
      if (!plain) return false;
      if (url.host !== baseUrl.host && !(loopback && LOOPBACK.test(url.hostname))) return false;
    }
    return allowed === undefined || allowed.some((host) => isHost(url, host));
  };
}

function isHost(url: URL, host: string): boolean {
  if (host.startsWith('*.')) return url.hostname.endsWith(host.slice(1));
  return url.hostname === host || url.host === host;
}

/** The maximum number of findings kept from one answer. */
export const MAX_FINDINGS = 50;
/** The maximum length of one finding, in characters. */
export const MAX_FINDING_LENGTH = 500;

const MAX_LEVELS = 5;
const LISTS = ['errors', 'findings', 'issues', 'violations', 'details', 'detail', 'error'] as const;
const SENTENCES = ['message', 'msg', 'detail', 'description', 'reason', 'error', 'title'] as const;
const PLACES = ['path', 'field', 'loc', 'location', 'pointer', 'instancePath', 'node_id'] as const;

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads what WRK finds wrong with a blueprint, as sentences for ops. WRK does not document the format, so the common
 * ones are read: lists of strings or of `{ path, message }`, maps of field to messages, a single message, and plain
 * text. Returns at most {@link MAX_FINDINGS}, each one line of at most {@link MAX_FINDING_LENGTH} characters.
 *
 * @param body - the text of the answer
 * @param redact - removes our secrets, in case WRK echoes what we sent
 */
export function readFindings(body: string, redact: (text: string) => string): string[] {
  const findings = new Set<string>();
  const add = (path: string, sentence: string) => {
    const line = oneLine(redact(path === '' ? sentence : `${path}: ${sentence}`), MAX_FINDING_LENGTH);
    if (line !== '' && findings.size < MAX_FINDINGS) findings.add(line);
  };
  const walk = (value: unknown, path: string, level: number): void => {
    if (level > MAX_LEVELS || findings.size >= MAX_FINDINGS) return;
    if (typeof value === 'string') {
      add(path, value);
    } else if (Array.isArray(value)) {
      for (const item of value) walk(item, path, level + 1);
    } else if (isObject(value) && !walkNamed(value, path, level)) {
      for (const [key, inner] of Object.entries(value)) {
        walk(inner, path === '' ? key : `${path}.${key}`, level + 1);
      }
    }
  };
  /** Reads the keys with a known meaning; returns whether the object had any. */
  const walkNamed = (value: JsonObject, outer: string, level: number): boolean => {
    const path = pathOf(value) ?? outer;
    const sentence = SENTENCES.map((key) => value[key]).find((text) => typeof text === 'string');
    if (typeof sentence === 'string') add(path, sentence);
    const lists = LISTS.filter((key) => typeof value[key] === 'object' && value[key] !== null);
    for (const key of lists) walk(value[key], path, level + 1);
    return sentence !== undefined || lists.length > 0;
  };

  const parsed = parseJson(body);
  if (parsed === undefined) {
    if (!body.trimStart().startsWith('<')) add('', body);
  } else if (isObject(parsed)) {
    // At the top level, an unknown key is a status or a code, not the name of a field.
    walkNamed(parsed, '', 0);
  } else {
    walk(parsed, '', 0);
  }
  return [...findings];
}

function pathOf(value: JsonObject): string | null {
  for (const key of PLACES) {
    const path = value[key];
    if (typeof path === 'string' && path !== '') return path;
    if (Array.isArray(path) && path.length > 0) return path.slice(0, 20).map(String).join('.');
  }
  return null;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses JSON; returns `undefined`, which JSON cannot express, for invalid text. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** One line of text that every storage accepts: control characters and lone surrogates become spaces. */
export function oneLine(text: string, longest: number): string {
  return text
    .slice(0, longest)
    .replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
}
