/** Two to four upper-case parts. Everything else, homoglyphs and path tricks included, is refused before it is looked up. */
export const productIdPattern = /^[A-Z0-9]{1,20}(-[A-Z0-9]{1,20}){1,3}$/
