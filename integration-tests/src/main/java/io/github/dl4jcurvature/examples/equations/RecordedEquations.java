/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.equations;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.github.dl4jcurvature.equations.Argument;
import io.github.dl4jcurvature.equations.Equation;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.core.json.JsonReadFeature;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.json.JsonMapper;

/** The benchmark collections CAREX, DAREX, CTLEX and DTLEX as recorded in a directory. */
final class RecordedEquations {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS) // NaN and Infinity as written by Python
            .build();

    private RecordedEquations() {}

    /** One recorded equation; figures that were not recorded are null. */
    record Entry(
            String name,
            Equation equation,
            Map<Argument, INDArray> arguments,
            @Nullable INDArray solution,
            @Nullable INDArray cotangent,
            Map<Argument, INDArray> gradients,
            @Nullable Double scipyResidual,
            @Nullable Double scipyError) {}

    /** All entries, or an exception that names the file that is missing. */
    static List<Entry> read(Path directory) {
        List<Entry> entries = new ArrayList<>();
        for (JsonNode node : document(directory, "carex_darex.json")) {
            Equation equation = node.get("equation").asText().equals("care") ? Equation.CARE : Equation.DARE;
            entries.add(new Entry(
                    node.get("name").asText(),
                    equation,
                    arguments(node.get("inputs")),
                    matrix(node, node.hasNonNull("X_mp") ? "X_mp" : "X_exact"),
                    matrix(node, "cotangent_X"),
                    node.hasNonNull("gradients") ? arguments(node.get("gradients")) : Map.of(),
                    number(node, "scipy_relres"),
                    number(node, "scipy_relerr_mp")));
        }
        for (JsonNode node : document(directory, "ctlex_dtlex.json")) {
            entries.add(lyapunov(node));
        }
        return entries;
    }

    /** Recorded as A'XE + E'XA = Y and A'XA - E'XE = Y. */
    private static Entry lyapunov(JsonNode node) {
        boolean discrete = node.get("name").asText().startsWith("DTLEX");
        Map<Argument, INDArray> arguments = new EnumMap<>(Argument.class);
        JsonNode inputs = node.get("inputs");
        arguments.put(Argument.A, matrix(inputs.get("A")).transpose());
        arguments.put(Argument.E, matrix(inputs.get("E")).transpose());
        INDArray y = matrix(inputs.get("Y"));
        arguments.put(Argument.Q, discrete ? y.neg() : y);
        return new Entry(
                node.get("name").asText(),
                discrete ? Equation.DISCRETE_LYAPUNOV : Equation.LYAPUNOV,
                arguments,
                matrix(node, "X_exact"),
                null,
                Map.of(),
                null,
                null);
    }

    private static JsonNode document(Path directory, String name) {
        Path file = directory.resolve("matrix-equations").resolve(name);
        if (!Files.exists(file)) {
            throw new IllegalArgumentException(
                    "%s is missing; give a directory with matrix-equations/%s as the argument".formatted(file, name));
        }
        try {
            return MAPPER.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static Map<Argument, INDArray> arguments(JsonNode node) {
        Map<Argument, INDArray> arguments = new EnumMap<>(Argument.class);
        node.fields()
                .forEachRemaining(field -> arguments.put(Argument.valueOf(field.getKey()), matrix(field.getValue())));
        return arguments;
    }

    private static @Nullable INDArray matrix(JsonNode node, String field) {
        return node.hasNonNull(field) ? matrix(node.get(field)) : null;
    }

    private static INDArray matrix(JsonNode rows) {
        double[][] elements = new double[rows.size()][];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = new double[rows.get(i).size()];
            for (int j = 0; j < elements[i].length; j++) {
                elements[i][j] = rows.get(i).get(j).doubleValue();
            }
        }
        return Nd4j.createFromArray(elements);
    }

    private static @Nullable Double number(JsonNode node, String field) {
        return node.hasNonNull(field) ? node.get(field).doubleValue() : null;
    }
}
