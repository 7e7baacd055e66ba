export { SupportConversation };
import { SupportConversation } from "./element/element.js";
