import express, { type RequestHandler } from 'express';
import { readUpload } from './upload.ts';

const small = express.urlencoded({ extended: false, limit: '64kb' });
/** A form on which thousands of stores are picked one by one. */
const large = express.urlencoded({ extended: false, limit: '1mb', parameterLimit: 10_100 });

const LARGE_FORMS = new Set(['/tenants/bulk-actions']);
const UPLOADS = new Set(['/tenants/applications']);

/** Reads posted forms; large ones, and those with a file, only of somebody who is signed in. */
export const readForms: RequestHandler = (req, res, next) => {
  const isKnown = req.user !== undefined;
  if (isKnown && UPLOADS.has(req.path) && req.is('multipart/form-data')) {
    readUpload(req).then(() => next(), next);
    return;
  }
  const read = isKnown && LARGE_FORMS.has(req.path) ? large : small;
  read(req, res, next);
};
