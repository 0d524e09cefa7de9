/** The federal units, for addresses. */
export const STATES = [
  'AC', 'AL', 'AM', 'AP', 'BA', 'CE', 'DF', 'ES', 'GO', 'MA', 'MG', 'MS', 'MT', 'PA',
  'PB', 'PE', 'PI', 'PR', 'RJ', 'RN', 'RO', 'RR', 'RS', 'SC', 'SE', 'SP', 'TO',
] as const; // prettier-ignore

/** `"01310-100"` → `"01310100"`; undefined when it is not eight digits. */
export function readCep(text: string): string | undefined {
  const digits = text.replaceAll(/[\s.-]/g, '');
  return /^\d{8}$/.test(digits) ? digits : undefined;
}

/** `"01310100"` → `01310-100`. */
export function maskCep(cep: string): string {
  return `${cep.slice(0, 5)}-${cep.slice(5)}`;
}

/** Area code (no zeros), then a mobile of 9 digits that begins with 9, or a landline of 8 that begins with 2–5. */
const BRAZILIAN_PHONE = /^[1-9][1-9](9\d{8}|[2-5]\d{7})$/;

/** A phone in E.164. Brazilian unless it starts with `+`: `"(11) 98765-4321"` → `"+5511987654321"`. Undefined when neither. */
export function readPhone(text: string): string | undefined {
  const dialled = text.replaceAll(/[\s().-]/g, '');
  if (/^\+[1-9]\d{7,14}$/.test(dialled) && !dialled.startsWith('+55')) return dialled;
  const national = dialled.replace(/^(\+55|0)/, '');
  return BRAZILIAN_PHONE.test(national) ? `+55${national}` : undefined;
}

/** `"+5511987654321"` → `(11) 98765-4321`; a foreign number stays as it is. */
export function maskPhone(phone: string): string {
  return phone.replace(/^\+55(\d{2})(\d{4,5})(\d{4})$/, '($1) $2-$3');
}
