/** Names of types in sentences. */

/** `a String`, `an Int`. */
export const withArticle = (name: string): string => `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}`
