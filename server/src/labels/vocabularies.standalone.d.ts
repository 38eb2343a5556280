// Written by scripts/compile-schemas.mjs from schemas/. Do not edit.
import type { ErrorObject } from 'ajv';
interface Validate {
  (data: unknown): boolean;
  /** Of the last call. */
  readonly errors?: readonly ErrorObject[] | null;
}
export declare const validateOciAnnotations: Validate;
export declare const validateLabelSchema: Validate;
export declare const validateBiocontainers: Validate;
