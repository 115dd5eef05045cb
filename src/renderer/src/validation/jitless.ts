import { z } from 'zod';

/*
 * The page's content security policy forbids compiling code from text, which is how zod makes its fast validators.
 * Must be imported before any module that makes schemas: they decide when they are made.
 */
z.config({ jitless: true });
