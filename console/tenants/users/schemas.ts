import { z } from 'zod';
import { USER_ROLES, type UserLine } from '#domain/construction/users/index.ts';
import { tenantFields } from '#domain/tenants/index.ts';
import { inputObject } from '#console/api/input-object.ts';
import { moment } from '#console/api/paging.ts';
import { tenantParams } from '#console/tenants/schemas.ts';

/** The fields of an invitation, for the form and the API alike. */
export const invitationFields = {
  name: tenantFields.adminName,
  email: tenantFields.adminEmail,
  role: z.enum(USER_ROLES, { error: `Choose one of ${USER_ROLES.join(', ')}.` }),
};

export const invitation = inputObject(invitationFields).meta({ id: 'Invitation' });

export const userParams = tenantParams.extend({ id: z.string().meta({ description: 'Id of the person.' }) });

export const userSchema = z
  .object({
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    role: z.enum(USER_ROLES),
    active: z.boolean().meta({ description: 'Whether they can sign in.' }),
    invited: z.boolean().meta({ description: 'They have a one-time password and have not chosen their own yet.' }),
    last_login_at: moment.nullable(),
    created_at: moment,
  })
  .meta({ id: 'StoreUser' });

export const userList = z
  .object({
    items: z.array(userSchema),
    active: z.int().meta({ description: 'How many can sign in.' }),
    max_users: z.int().meta({ description: 'How many the store’s plan allows.' }),
    signed_in: z.int().meta({ description: 'How many are signed in now.' }),
  })
  .meta({ id: 'StoreUserList' });

export const oneTimePassword = z
  .object({
    user: userSchema,
    one_time_password: z.string().meta({
      description:
        'Shown in this answer, and to its replay by the same `Idempotency-Key` within 24 hours. It must be changed at the first sign-in.',
    }),
  })
  .meta({ id: 'OneTimePassword' });

export function toUserJson(user: UserLine): z.input<typeof userSchema> {
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    role: user.role,
    active: user.active,
    invited: user.isInvited,
    last_login_at: user.lastLoginAt?.toISOString() ?? null,
    created_at: user.createdAt.toISOString(),
  };
}
