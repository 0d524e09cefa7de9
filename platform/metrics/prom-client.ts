/**
 * What we use of prom-client, file by file: the package's index loads its push gateway too, and with it Node's HTTPS, 3 MB
 * resident in every process.
 */
export { default as Counter } from 'prom-client/lib/counter.js';
export { default as collectDefaultMetrics } from 'prom-client/lib/defaultMetrics.js';
export { default as Gauge } from 'prom-client/lib/gauge.js';
export { default as Histogram } from 'prom-client/lib/histogram.js';
export { default as Registry } from 'prom-client/lib/registry.js';
