/** What a name is searched by: lower case, no accents, single spaces. `"  João  D'Água"` → `"joao d'agua"`. */
export function searchable(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/\s+/g, ' ').trim();
}
