import * as z from 'zod';

const error = 'give a whole number from -100 to 100';

/** Which of a tenant's own builds goes first: the higher one. */
export const prioritySchema = z.int({ error }).min(-100, { error }).max(100, { error });
