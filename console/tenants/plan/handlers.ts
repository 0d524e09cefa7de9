import type { Request, Response } from 'express';
import { z } from 'zod';
import { countActiveUsers } from '#domain/construction/users/index.ts';
import { allowedActions, changePlan, getTenant, listPlans, tenantFields } from '#domain/tenants/index.ts';
import { renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { EMPTY_FORM, submitForm, type FormState } from '#console/tenants/submission.ts';
import { storePage } from '#console/tenants/store-page.ts';
import { viewerOf } from '#console/tenants/viewer.ts';

const planForm = z.object({ plan: tenantFields.plan });

export async function showPlan(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await draw(ctx, req, res, EMPTY_FORM, 200);
}

export async function savePlan(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { t } = viewerOf(ctx, res);
  const { id, slug } = await getTenant(ctx, String(req.params.slug));
  await submitForm(req, res, {
    schema: planForm,
    async run({ plan }) {
      await changePlan(ctx, id, { plan });
      const name = t(`tenants:plan_${plan}`, { defaultValue: plan });
      return { done: t('tenants:plan_flash', { slug, plan: name }), to: `/tenants/${slug}/plan` };
    },
    draw: (form, status) => draw(ctx, req, res, form, status),
  });
}

async function draw(ctx: ConsoleContext, req: Request, res: Response, { values, errors }: FormState, status: number) {
  const page = await storePage(ctx, req, res, 'plan');
  const { tenant } = page;
  await renderPage(
    req,
    res,
    'console/tenants/plan/show',
    {
      ...page,
      plans: await listPlans(ctx),
      people: await countActiveUsers(ctx, tenant.id),
      chosen: values.plan ?? tenant.plan,
      errors,
      mayChange: allowedActions(tenant.status).includes('change_plan') && viewerOf(ctx, res).may('operator'),
    },
    status,
  );
}
