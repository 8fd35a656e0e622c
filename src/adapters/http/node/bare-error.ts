/** What the routes of the handler are for, all together: which of them is meant the mount does not know. */
const ANY_ROUTE_TAKES = 'GET, POST, PATCH';

/** An error that the mount itself answers with, because the handler cannot: it says nothing of the cause. */
export function bareError(
  status: 405 | 500,
  code: 'method_not_allowed' | 'internal_error',
  message: string,
): Response {
  const headers = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
  const allow = status === 405 && { allow: ANY_ROUTE_TAKES };
  return Response.json({ error_code: code, message }, { status, headers: { ...headers, ...allow } });
}
