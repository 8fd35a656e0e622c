/** The methods of all routes together: the mount does not know which route is meant. */
const ANY_ROUTE_TAKES = 'GET, POST, PATCH';

/** An error response of the mount itself, for when the handler cannot answer. It reveals nothing about the cause. */
export function bareError(
  status: 405 | 500,
  code: 'method_not_allowed' | 'internal_error',
  message: string,
): Response {
  const headers = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
  const allow = status === 405 && { allow: ANY_ROUTE_TAKES };
  return Response.json({ error_code: code, message }, { status, headers: { ...headers, ...allow } });
}
