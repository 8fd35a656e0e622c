import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import type { Builds } from 'wrk-builds';
import { toHttpError } from 'wrk-builds/http';
import * as z from 'zod';
import { allow, authenticate, refuse, sessionOn } from './authenticate.js';
import type { Directory } from './directory.js';

/** What the host is made of. */
export interface HostDeps {
  readonly builds: Pick<Builds, 'requestBuild'>;
  readonly sessionOf: Directory['sessionOf'];
  /** Told of what went wrong behind a 500. */
  readonly onProblem: (problem: unknown) => void;
}

const patchBody = z.strictObject({
  status: z.enum(['Ready for Build', 'Awaiting Client Approval', 'Build in Progress', 'QA & Testing']),
  last_known_status: z.string().optional(),
  last_known_updated_at: z.string().optional(),
});
const adminBody = z.strictObject({ assignee_id: z.uuid().optional() });

/** The two routes of the flow, as an Express application. Tenant and user come from the session alone. */
export function createHost({ builds, sessionOf, onProblem }: HostDeps): Express {
  const app = express().disable('x-powered-by');
  app.use(authenticate(sessionOf), express.json());

  const answer = async (response: Response, requested: ReturnType<Builds['requestBuild']>) => {
    const accepted = await requested;
    if (accepted.isErr()) {
      const { status, body } = toHttpError(accepted.error);
      response.status(status).json(body);
      return;
    }
    const { bindingId, automationVersionId, projectId, run } = accepted.value;
    const ids = { automation_version_id: automationVersionId, project_id: projectId, binding_id: bindingId };
    response.status(202).json({ status: 'Build in Progress', ...ids, run });
  };

  const ofOps = allow('ops_build', 'admin');
  const ofProject = allow('project_owner', 'project_admin', 'ops_build', 'admin');

  app.patch(
    '/v1/automation-versions/:id/status',
    ofProject,
    async (request: Request<{ id: string }>, response) => {
      const body = patchBody.safeParse(request.body);
      if (!body.success) return refuse(response, 400, 'invalid_request', z.prettifyError(body.error));
      const {
        status,
        last_known_status: lastKnownStatus,
        last_known_updated_at: lastKnownUpdatedAt,
      } = body.data;
      if (status !== 'Build in Progress') {
        const message = `This host moves nothing to “${status}” by hand: send “Build in Progress”.`;
        return refuse(response, 409, 'invalid_status_transition', message);
      }
      const asked = { automationVersionId: request.params.id, lastKnownStatus, lastKnownUpdatedAt };
      await answer(
        response,
        builds.requestBuild({ ...from(request, response), ...asked, via: 'patch_status' }),
      );
    },
  );

  app.post(
    '/v1/admin/projects/:id/request-build',
    ofOps,
    async (request: Request<{ id: string }>, response) => {
      const body = adminBody.safeParse(request.body ?? {});
      if (!body.success) return refuse(response, 400, 'invalid_request', z.prettifyError(body.error));
      const asked = { projectId: request.params.id, assigneeId: body.data.assignee_id };
      await answer(
        response,
        builds.requestBuild({ ...from(request, response), ...asked, via: 'admin_request_build' }),
      );
    },
  );

  const failed: ErrorRequestHandler = (problem: unknown, _request, response, _next) => {
    // Express itself refuses what it cannot read: a body that is no JSON or too long, a path that is no text.
    const status = problem instanceof Error && 'status' in problem ? Number(problem.status) : 500;
    if (status < 500) return refuse(response, status, 'invalid_request', 'The request cannot be read.');
    onProblem(problem);
    refuse(response, 500, 'internal_error', 'Something failed on our side: try again in a moment.');
  };
  return app.use(failed);
}

function from(request: Request<{ id: string }>, response: Response) {
  const { tenantId, userId } = sessionOn(response);
  const requestId = request.get('x-request-id');
  return { tenantId, userId, requestId, idempotencyKey: request.get('idempotency-key') };
}
