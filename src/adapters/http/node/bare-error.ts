/** An error that the mount itself answers with, because the handler cannot: it says nothing of the cause. */
export function bareError(
  status: 405 | 500,
  code: 'method_not_allowed' | 'internal_error',
  message: string,
): Response {
  return Response.json({ error_code: code, message }, { status, headers: { 'cache-control': 'no-store' } });
}
