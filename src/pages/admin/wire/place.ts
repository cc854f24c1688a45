/** Where this page is served, and so where its server is: `/api/myApp/_admin/books` -> `/api`, `myApp`. */
const [, prefix = '', name = ''] = /^(.*?)\/([^/]+)\/_admin(?:\/|$)/.exec(location.pathname) ?? []

/** `` or `/api`: where login is */
export const PREFIX = prefix
/** `/api/myApp`: where the data is */
export const APP = `${prefix}/${name}`
/** `/api/myApp/_admin`: where this page is */
export const PAGE = `${APP}/_admin`
/** `myApp` */
export const APP_NAME = name
