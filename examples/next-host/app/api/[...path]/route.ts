import { openApi } from '../../../lib/builds';

let api: ReturnType<typeof openApi> | undefined;

function handle(request: Request) {
  api ??= openApi();
  return api(request, { basePath: '/api' });
}

export { handle as GET, handle as PATCH, handle as POST };
// An answer depends on who asks: none is made ahead of time or kept.
export const dynamic = 'force-dynamic';
