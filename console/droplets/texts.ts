import { defineTexts } from '#platform/http/i18n.ts';

export const dropletTexts = defineTexts('droplets', {
  en: {
    intro:
      'The machines we drive over SSH. Their host keys were pinned when they were enrolled; another key blocks everything.',
    name: 'Droplet',
    role_edge: 'Edge: nginx and sign-in',
    role_vertical: "Vertical: the stores' app",
    role_infra: 'Infra: data, events and jobs',
    status: 'Status',
    status_reachable: 'Reachable',
    status_enrolled: 'Never spoken to',
    status_unreachable: 'Unreachable',
    status_host_key_changed: 'Host key changed',
    address: 'Address',
    fingerprint: 'Pinned host key',
    last_seen: 'Last seen',
    enrolled: 'Enrolled',
    empty_heading: 'No droplet is enrolled',
    empty_text:
      'npm start enrols the three local ones. A real one is enrolled with: npm run bc -- droplet enrol --help',
  },
  'pt-BR': {
    intro:
      'As máquinas que controlamos por SSH. As chaves foram fixadas no cadastro; uma chave diferente bloqueia tudo.',
    name: 'Servidor',
    role_edge: 'Borda: nginx e login',
    role_vertical: 'Vertical: o app das lojas',
    role_infra: 'Infra: dados, eventos e tarefas',
    status: 'Situação',
    status_reachable: 'Acessível',
    status_enrolled: 'Ainda sem contato',
    status_unreachable: 'Inacessível',
    status_host_key_changed: 'Chave do servidor mudou',
    address: 'Endereço',
    fingerprint: 'Chave fixada',
    last_seen: 'Visto por último',
    enrolled: 'Cadastrado',
    empty_heading: 'Nenhum servidor cadastrado',
    empty_text: 'npm start cadastra os três locais. Um real se cadastra com: npm run bc -- droplet enrol --help',
  },
});
