// On the sign-in page: a note that was sent after the time was up has not arrived, so keep it.
import { keepSent } from "./drafts.js";

keepSent();
