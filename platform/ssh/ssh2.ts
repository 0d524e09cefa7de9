/**
 * The client of ssh2 and its keys, file by file: the package's index loads its server and its agents for HTTPS too, and
 * with them Node's TLS, 3 MB resident in the ops worker.
 */
import Client from 'ssh2/lib/client.js';
import keygen from 'ssh2/lib/keygen.js';
import keyParser from 'ssh2/lib/protocol/keyParser.js';

export { Client };
export const { generateKeyPairSync } = keygen;
export const { parseKey } = keyParser;
