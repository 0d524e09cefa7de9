import { writeCsv, writeYaml, type FileFormat, type StoreEntry } from '#domain/applications/index.ts';

/** Two stores as a file may say them, the second with all that has a column. */
const IN_COLUMNS: StoreEntry[] = [
  {
    slug: 'acme',
    name: 'Acme Materiais de Construção',
    admin: { name: 'Maria Souza', email: 'maria@acme.com.br' },
  },
  {
    slug: 'deposito-sao-joao',
    name: 'Depósito São João',
    admin: { name: 'João Lima', email: 'joao@saojoao.com.br' },
    plan: 'plus',
    branding: {
      primary_color: '#0b7285',
      secondary_color: '#f08c00',
      logo_url: 'https://saojoao.com.br/logo.svg',
    },
    settings: { quote_validity_days: 15 },
  },
];

/** With what only YAML has. */
const IN_FULL = IN_COLUMNS.map((entry) =>
  entry.plan === undefined
    ? entry
    : {
        ...entry,
        branding: { ...entry.branding, features: { delivery_map: true } },
        settings: {
          ...entry.settings,
          max_discount_pct: { salesperson: 5, manager: 15, admin: 100 },
          sales_see_all: false,
          sales_can_approve: true,
        },
      },
);

/** A file to begin with; it is written by what reads it back the same. */
export async function exampleOf(format: FileFormat): Promise<string> {
  return format === 'csv' ? writeCsv(IN_COLUMNS) : writeYaml(IN_FULL);
}
