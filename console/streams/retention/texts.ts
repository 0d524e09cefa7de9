import { defineTexts } from '#platform/http/i18n.ts';

export const retentionTexts = defineTexts('retention', {
  en: {
    title: 'Retention',
    well: 'Every day goes when its term is over.',
    misplaced_one:
      '{{count, number}} row came on a day without a partition. It is safe, and is moved within ten minutes: see that the ops worker runs.',
    misplaced_other:
      '{{count, number}} rows came on days without a partition. They are safe, and are moved within ten minutes: see that the ops worker runs.',
    misplaced_many:
      '{{count, number}} rows came on days without a partition. They are safe, and are moved within ten minutes: see that the ops worker runs.',
    not_ahead: 'The days to come are not made: see that the ops worker runs.',
    stuck_one: '{{count, number}} day is kept beyond its term, for the reason below.',
    stuck_other: '{{count, number}} days are kept beyond their term, for the reasons below.',
    stuck_many: '{{count, number}} days are kept beyond their term, for the reasons below.',
    terms:
      'Events are kept for {{events}} whole days and can be done again for so long; the marks of their processing for {{marks}}.',
    ahead_one: 'Partitions are made for {{count, number}} day from today on.',
    ahead_other: 'Partitions are made for {{count, number}} days from today on.',
    ahead_many: 'Partitions are made for {{count, number}} days from today on.',
    day: 'Day (UTC)',
    events: 'Events',
    events_size: 'Size of events',
    marks_size: 'Size of marks',
    goes: 'Goes',
    soon: 'within ten minutes',
    gone: 'gone',
    overdue: 'Kept',
    unpublished: 'events are not published yet',
    unsettled: 'events are not processed yet',
    parked: 'events are parked',
    dead_letter: 'dead letters are neither replayed nor skipped',
    outbox_kept: 'its events are kept',
    empty: 'No day is kept.',
  },
  'pt-BR': {
    title: 'Retenção',
    well: 'Cada dia sai quando seu prazo termina.',
    misplaced_one:
      '{{count, number}} linha chegou em um dia sem partição. Está segura e é movida em dez minutos: veja se o processo de operações está em execução.',
    misplaced_other:
      '{{count, number}} linhas chegaram em dias sem partição. Estão seguras e são movidas em dez minutos: veja se o processo de operações está em execução.',
    misplaced_many:
      '{{count, number}} linhas chegaram em dias sem partição. Estão seguras e são movidas em dez minutos: veja se o processo de operações está em execução.',
    not_ahead: 'Os próximos dias não foram criados: veja se o processo de operações está em execução.',
    stuck_one: '{{count, number}} dia está guardado além do prazo, pelo motivo abaixo.',
    stuck_other: '{{count, number}} dias estão guardados além do prazo, pelos motivos abaixo.',
    stuck_many: '{{count, number}} dias estão guardados além do prazo, pelos motivos abaixo.',
    terms:
      'Eventos ficam guardados por {{events}} dias inteiros e podem ser refeitos nesse prazo; as marcas do seu processamento, por {{marks}}.',
    ahead_one: 'Há partições para {{count, number}} dia a partir de hoje.',
    ahead_other: 'Há partições para {{count, number}} dias a partir de hoje.',
    ahead_many: 'Há partições para {{count, number}} dias a partir de hoje.',
    day: 'Dia (UTC)',
    events: 'Eventos',
    events_size: 'Tamanho dos eventos',
    marks_size: 'Tamanho das marcas',
    goes: 'Sai',
    soon: 'em até dez minutos',
    gone: 'já saiu',
    overdue: 'Guardado',
    unpublished: 'há eventos ainda não publicados',
    unsettled: 'há eventos ainda não processados',
    parked: 'há eventos estacionados',
    dead_letter: 'há eventos separados que ninguém refez nem dispensou',
    outbox_kept: 'seus eventos estão guardados',
    empty: 'Nenhum dia está guardado.',
  },
});
