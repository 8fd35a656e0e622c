import type { Recipient, ResolveRecipients } from 'wrk-builds';
import * as z from 'zod';

const personSchema = z.strictObject({
  /** The bearer token that stands for this person's session. */
  token: z.string().min(16),
  userId: z.uuid(),
  tenantId: z.uuid(),
  email: z.email(),
  roles: z.array(z.enum(['client', 'project_owner', 'project_admin', 'ops_build', 'admin'])),
});

/** The people whom this host knows, each in one tenant. A real host has them in its tables. */
export const peopleSchema = z.array(personSchema);
export type Person = z.infer<typeof personSchema>;
export type Role = Person['roles'][number];

/** What a request is allowed to act as. */
export type Session = Pick<Person, 'userId' | 'tenantId' | 'roles'>;

/** Answers who a token is, and whom a notification goes to. */
export interface Directory {
  readonly sessionOf: (token: string) => Session | null;
  readonly resolveRecipients: ResolveRecipients;
}

/** Looks people up. Nobody outside of a build's tenant is ever told of it. */
export function createDirectory(people: readonly Person[]): Directory {
  const byToken = new Map(people.map((person) => [person.token, person]));
  const asRecipient = ({ userId, email }: Person): Recipient => ({ id: userId, address: email });
  return {
    sessionOf: (token) => byToken.get(token) ?? null,
    resolveRecipients: async ({ tenantId, audience, assigneeId }) => {
      const ofTenant = people.filter((person) => person.tenantId === tenantId);
      const withRole = (role: Role) => ofTenant.filter(({ roles }) => roles.includes(role)).map(asRecipient);
      switch (audience) {
        case 'client':
        case 'project_owner':
          return withRole(audience);
        case 'ops_team':
          return withRole('ops_build');
        case 'solutions_engineer':
          return ofTenant.filter(({ userId }) => userId === assigneeId).map(asRecipient);
        case 'ops_channel':
          return [];
      }
    },
  };
}
