import type { CustomerInput } from '#domain/construction/customers/index.ts';
import type { ProductInput } from '#domain/construction/products/index.ts';

/** Somebody to sell to: with an address, so that an order can be delivered. */
export const DEMO_CUSTOMER: CustomerInput = {
  kind: 'PJ',
  name: 'Construtora Ipê Amarelo Ltda.',
  document: '40735192000107',
  email: 'compras@ipeamarelo.example',
  phone: '+551132345678',
  street: 'Rua das Olarias',
  streetNumber: '250',
  complement: 'Galpão 2',
  district: 'Vila Nova',
  city: 'Campinas',
  state: 'SP',
  cep: '13073000',
  notes: 'Cliente de exemplo: entregas pela manhã.',
};

/** Goods of three kinds: by the sack, by the cubic metre, by the piece. Prices in BRL. */
export const DEMO_PRODUCTS: ProductInput[] = [
  { code: 'CIM-CP2-50', name: 'Cimento CP II-E-32, saco de 50 kg', unit: 'SC', basePrice: '39.9000' },
  { code: 'ARE-MEDIA', name: 'Areia média lavada', unit: 'M3', basePrice: '148.0000' },
  { code: 'TIJ-8F', name: 'Tijolo cerâmico de 8 furos, 9 × 19 × 19 cm', unit: 'UN', basePrice: '0.9500' },
];
