import { expect, it } from "vitest";
import { placeOf } from "./pin-model.ts";

it.each([
  { folder: "/models/Xenova/tiny", set: undefined, modelsFolder: "/models", model: "Xenova/tiny" },
  { folder: "/models/Xenova/tiny", set: "/models", modelsFolder: "/models", model: "Xenova/tiny" },
  { folder: "/models/Xenova/tiny", set: "/models/Xenova", modelsFolder: "/models/Xenova", model: "tiny" },
  { folder: "/models/Xenova/tiny", set: "/elsewhere", modelsFolder: "/models", model: "Xenova/tiny" },
  { folder: "/models/Xenova/tiny", set: " ", modelsFolder: "/models", model: "Xenova/tiny" },
  { folder: "/tiny", set: undefined, modelsFolder: "/", model: "tiny" },
])("names the model in $folder $model when LARDER_MODELS_DIR is $set", ({ folder, set, modelsFolder, model }) => {
  expect(placeOf(folder, set)).toEqual({ modelsFolder, model });
});
