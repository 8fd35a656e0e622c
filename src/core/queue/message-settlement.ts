import type { AuditEntry } from '../build/audit-entries.js';

/** How a message is settled once it was handled. */
export type MessageSettlement =
  | { readonly kind: 'acknowledge' }
  | { readonly kind: 'postpone'; readonly delayMs: number }
  | { readonly kind: 'dead_letter'; readonly reason: string; readonly audit: AuditEntry | null };
