import { Decimal } from '#platform/decimal.ts';
import type { AlertType, Judgement, StockPosition } from './rules.ts';

/** What people in the store read: plain Portuguese, with the numbers that led to it. */
export function explainAlert(type: AlertType, known: StockPosition, judgement: Judgement): string {
  return EXPLANATIONS[type](known, judgement);
}

const EXPLANATIONS: Record<AlertType, (known: StockPosition, judgement: Judgement) => string> = {
  out_of_stock: (_, { demand, available }) =>
    `Vende em média ${number(demand)} por dia e não há nada disponível (${number(available)}).`,
  stockout_risk: (known, judgement) =>
    `${salesOf(judgement)} Disponível e a receber: ${number(judgement.position)}, abaixo do mínimo de ` +
    `${number(judgement.minimum)} (reposição em ${days(known.leadTimeDays)}).`,
  excess: ({ onHand }, { demand, maximum }) =>
    `Há ${number(new Decimal(onHand))} em estoque; vendendo ${number(demand)} por dia, o máximo é ${number(maximum)}.`,
  dead_stock: ({ onHand, daysSinceSale, daysKnown }) =>
    `Há ${number(new Decimal(onHand))} em estoque e nenhuma venda há ${days(Math.min(daysSinceSale ?? Infinity, daysKnown))}.`,
};

export function explainSuggestion(judgement: Judgement): string {
  const { suggestion, maximum, position } = judgement;
  return (
    `${salesOf(judgement)} Pedir ${number(suggestion!.quantity)} completa o máximo de ${number(maximum)}: ` +
    `disponível e a receber, há ${number(position)}.`
  );
}

function salesOf({ demand, daysLeft }: Judgement): string {
  if (daysLeft === undefined) return 'Sem vendas recentes.';
  return `Vende em média ${number(demand)} por dia; o disponível dura ${days(daysLeft)}.`;
}

function days(count: number): string {
  return count === 1 ? '1 dia' : `${count} dias`;
}

/** With at most three decimals, none of them a useless zero, and a comma. */
function number(value: Decimal): string {
  return value.toDecimalPlaces(3).toString().replace('.', ',');
}
