// What workerd calls. A plain object instead of a class: bound Workers can then call nothing but `fetch`.
import { fetch, Ledger } from "lychgate-glue";

export { Ledger };
export default { fetch };
