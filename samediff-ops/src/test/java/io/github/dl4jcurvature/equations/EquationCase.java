/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import io.github.dl4jcurvature.testkit.GoldenCase;
import io.github.dl4jcurvature.testkit.GoldenCases;
import io.github.dl4jcurvature.testkit.JsonArrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.databind.JsonNode;

/** One equation of a golden file, which holds a list of them. */
record EquationCase(String name, JsonNode json) {

    /** All equations of a file, or one that skips the test if the file is absent. */
    static Stream<EquationCase> in(String file) {
        GoldenCase document = GoldenCases.in("matrix-equations").named(file);
        List<EquationCase> cases = new ArrayList<>();
        document.json()
                .forEach(json -> cases.add(new EquationCase(json.get("name").asText(), json)));
        return cases.stream();
    }

    Equation equation() {
        return switch (json.get("equation").asText()) {
            case "glyapunov" -> Equation.LYAPUNOV;
            case "dlyapunov", "gdlyapunov" -> Equation.DISCRETE_LYAPUNOV;
            default -> Equation.valueOf(json.get("equation").asText().toUpperCase(Locale.ROOT));
        };
    }

    Map<Argument, INDArray> inputs() {
        return arguments("inputs");
    }

    Map<Argument, INDArray> gradients() {
        return arguments("gradients");
    }

    private Map<Argument, INDArray> arguments(String field) {
        Map<Argument, INDArray> arguments = new EnumMap<>(Argument.class);
        json.get(field)
                .fields()
                .forEachRemaining(
                        entry -> arguments.put(Argument.valueOf(entry.getKey()), JsonArrays.toArray(entry.getValue())));
        return arguments;
    }

    /** X and K of a field. */
    Map<Output, INDArray> outputs(String field) {
        Map<Output, INDArray> outputs = new EnumMap<>(Output.class);
        JsonNode node = json.get(field);
        outputs.put(Output.SOLUTION, JsonArrays.toArray(node.get("X")));
        if (node.has("K")) {
            outputs.put(Output.GAIN, JsonArrays.toArray(node.get("K")));
        }
        return outputs;
    }

    boolean has(String field) {
        return json.hasNonNull(field);
    }

    /** A matrix by its path. */
    INDArray matrix(String path) {
        return JsonArrays.toArray(json.at("/" + path));
    }

    /** Whether there is a derivative: not where the closed loop is on the border of stability. */
    boolean isWellPosed() {
        return !has("kappa") || Double.isFinite(number("kappa"));
    }

    /** -1 for the discrete equations of the Lyapunov collection. */
    int sign() {
        return name.startsWith("DTLEX") ? -1 : 1;
    }

    double number(String field) {
        return json.get(field).doubleValue();
    }

    @Override
    public String toString() {
        return name;
    }
}
