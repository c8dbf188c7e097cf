/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.architecture;

import java.io.IOException;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

import io.github.dl4jcurvature.fishleg.FishLeg;
import io.github.dl4jcurvature.gn.GaussNewton;
import io.github.dl4jcurvature.gn.RevMlp;
import io.github.dl4jcurvature.gplvm.Manifold;
import io.github.dl4jcurvature.gplvm.ManifoldGplvm;
import io.github.dl4jcurvature.gplvm.TopologyCrossValidation;
import io.github.dl4jcurvature.ncl.Ncl;
import io.github.dl4jcurvature.pruning.PruningOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The tables of options state the defaults of the builders. */
class OptionTablesTest {
    static Stream<Arguments> tables() {
        return Stream.of(
                Arguments.of("fishleg.md", "builder method", FishLeg.builder(), 17),
                Arguments.of("continual-learning.md", "Ncl.builder()", Ncl.builder(), 13),
                Arguments.of("gauss-newton.md", "GaussNewton.builder()", GaussNewton.builder(), 2),
                Arguments.of("gauss-newton.md", "RevMlp.builder()", RevMlp.builder(), 5),
                Arguments.of("pruning.md", "option", PruningOptions.builder(), 7),
                Arguments.of("manifold-gplvm.md", "option", ManifoldGplvm.builder(Manifold.circle()), 15),
                Arguments.of(
                        "manifold-gplvm.md",
                        "TopologyCrossValidation.builder()",
                        TopologyCrossValidation.builder(),
                        5));
    }

    /** Of rows whose name is a field of the builder and whose default is a number, a truth value or a constant. */
    @ParameterizedTest
    @MethodSource("tables")
    void defaultsAreThoseOfTheBuilder(String page, String header, Object builder, int atLeast) throws Exception {
        List<String> wrong = new ArrayList<>();
        int compared = 0;
        for (List<String> row : table(page, header)) {
            Optional<Field> field = field(builder, firstCode(row.get(0)));
            if (field.isEmpty()) {
                continue;
            }
            String stated = plain(row.get(1));
            Object value = field.get().get(builder);
            if (value instanceof Number || value instanceof Boolean || value instanceof Enum<?>) {
                compared++;
                if (!agrees(stated, value)) {
                    wrong.add("%s: %s, documented as %s".formatted(row.get(0), value, row.get(1)));
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(compared).isGreaterThanOrEqualTo(atLeast);
    }

    @Test
    void aWrongDefaultIsFound() {
        assertThat(agrees("0.003", 3e-3)).isTrue();
        assertThat(agrees(plain("10 000"), 10_000L)).isTrue();
        assertThat(agrees("15 in one dimension, else 30", 15)).isTrue();
        assertThat(agrees("0.003", 3e-4)).isFalse();
        assertThat(agrees("15 in one dimension, else 30", 30)).isFalse();
        assertThat(agrees("true", false)).isFalse();
        assertThat(agrees("`KL`".replace("`", ""), Thread.State.NEW)).isFalse();
    }

    /** Rows below the header that starts with a word, up to the next rule. */
    private static List<List<String>> table(String page, String header) throws IOException {
        List<List<String>> table = new ArrayList<>();
        boolean inside = false;
        for (List<String> row : MarkdownPage.of(
                        MarkdownPage.ROOT.resolve("docs/methods").resolve(page))
                .rows()) {
            if (row.size() == 5 && row.get(1).equals("default")) {
                inside = row.get(0).replace("`", "").equals(header);
            } else if (row.size() != 5) {
                inside = false;
            } else if (inside) {
                table.add(row);
            }
        }
        return table;
    }

    private static String firstCode(String cell) {
        return cell.replaceAll("^`(\\w+)`.*", "$1");
    }

    /** Without backticks and the spaces between groups of three digits; words for values that are no setting. */
    private static String plain(String cell) {
        String text = cell.replace("`", "").replaceAll("(?<=\\d) (?=\\d{3}\\b)", "");
        return switch (text) {
            case "none" -> Double.toString(Double.MAX_VALUE);
            case "not used" -> "false";
            case "to be set", "as nIn" -> "0";
            case "all processors" -> Integer.toString(Runtime.getRuntime().availableProcessors());
            default -> text;
        };
    }

    private static boolean agrees(String stated, Object value) {
        if (value instanceof Number number) {
            String first = stated.replaceAll("[^0-9eE.+-].*", "");
            return first.matches("-?[0-9].*") && Double.parseDouble(first) == number.doubleValue();
        }
        return stated.toLowerCase(Locale.ROOT).equals(value.toString().toLowerCase(Locale.ROOT));
    }

    private static Optional<Field> field(Object builder, String option) {
        for (Class<?> type = builder.getClass(); type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (field.getName().equals(name(option))) {
                    field.setAccessible(true);
                    return Optional.of(field);
                }
            }
        }
        return Optional.empty();
    }

    /** Of options whose field has another name. */
    private static String name(String option) {
        return switch (option) {
            case "startAsSgd" -> "sgdLearningRate";
            case "auxiliaryAdam" -> "auxiliaryFirstDecay";
            case "pretrain" -> "pretrainSteps";
            case "truncated" -> "relativeTolerance";
            case "alternatingFirst" -> "alternating";
            case "residual" -> "mode";
            default -> option;
        };
    }
}
