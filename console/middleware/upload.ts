import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import type { Request } from 'express';
import { MAX_FILE_BYTES } from '#domain/applications/index.ts';
import { MalformedRequest } from '#platform/errors.ts';

/** A file of a form; no longer than one byte more than may be, so that whoever reads it sees that it is too long. */
export type UploadedFile = { name: string; bytes: Buffer };

/**
 * Reads a form with a file into `req.body`: its fields as text, the file as {@link UploadedFile}; a field in which no file
 * was chosen is missing. Throws MalformedRequest `malformed_form` for what is no such form.
 */
export async function readUpload(req: Request): Promise<void> {
  // Loaded with the first upload: few consoles ever see one.
  const { default: busboy } = await import('busboy');
  const body: Record<string, unknown> = {};
  const most = MAX_FILE_BYTES + 1;
  try {
    const limits = { fileSize: most, fieldSize: most, files: 1, fields: 10 };
    const parser = busboy({ headers: req.headers, defParamCharset: 'utf8', limits });
    parser.on('field', (name: string, text: string) => (body[name] = text));
    parser.on('file', (field: string, stream: Readable, { filename }: { filename?: string }) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const bytes = Buffer.concat(chunks);
        if (bytes.length > 0) body[field] = { name: filename ?? '', bytes } satisfies UploadedFile;
      });
    });
    await pipeline(req, parser);
  } catch (error) {
    throw new MalformedRequest('malformed_form', 'The form could not be read. Send it again.', { cause: error });
  }
  req.body = body;
}
