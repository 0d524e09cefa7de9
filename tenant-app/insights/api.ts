import type { Request, Response } from 'express';
import { z } from 'zod';
import { suggestForCart, type CartSuggestion } from '#domain/construction/insights/index.ts';
import { parseInput } from '#platform/http/parse.ts';
import type { RequestContext } from '#tenant-app/context.ts';

const cartBody = z.object({ product_ids: z.array(z.guid()).min(1).max(200) });

export async function cartSuggestions(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  const { product_ids } = parseInput(cartBody, req.body);
  const suggestions = await suggestForCart(ctx, product_ids);
  res.json({ items: suggestions.map(toResource) });
}

function toResource({ id, basePrice, ...sameName }: CartSuggestion): object {
  return { product_id: id, base_price: basePrice, ...sameName };
}
