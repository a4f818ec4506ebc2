/**
 * What readers of JSON and validators say of a value that has another type than they read: kotlinx.serialization, Jackson,
 * System.Text.Json, Go's encoding/json, serde, pydantic, zod, Joi. In lower case.
 */
const OTHER_TYPE =
  /\b(?:expected|expecting|should be|must be|deserialize value of type)\W{1,3}(?:an? |of type |type |valid |a valid ){0,2}\W?(?:numeric|number|integer|int(?:32|64)?|long|double|float|decimal|boolean|bool|string|array|list|object)\b|\binvalid type: (?:string|integer|floating|boolean|null|map|sequence)\b|\bcannot unmarshal (?:string|number|bool|array|object)\b|\bcould not be converted to system\.(?:int\d\d|double|decimal|boolean|string)\b/;

export function saysOtherType(text: string): boolean {
  return OTHER_TYPE.test(text.toLowerCase());
}
