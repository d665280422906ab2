export { readXml, type XmlAttributes, type XmlHandler, type XmlOptions } from "./read-xml.ts";
