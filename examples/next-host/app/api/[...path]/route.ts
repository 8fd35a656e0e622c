import { builds } from '../../../lib/builds';

const handle = (request: Request) => builds(request, { basePath: '/api' });

export { handle as GET, handle as PATCH, handle as POST };
// An answer depends on who asks: none is made ahead of time or kept.
export const dynamic = 'force-dynamic';
