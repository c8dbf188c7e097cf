/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

import org.assertj.core.api.ThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Summaries by hand, and the ways out. */
class EvaluationMatrixTest {

    private static EvaluationMatrix example() {
        EvaluationMatrix matrix = new EvaluationMatrix("accuracy", List.of("a", "b, c", "d"));
        double[][] values = {{0.9, 0.3, 0.2}, {0.95, 0.8, 0.25}, {0.7, 0.6, 0.85}};
        double[] untrained = {0.1, 0.2, 0.3};
        for (int i = 0; i < 3; i++) {
            matrix.setUntrained(i, untrained[i]);
            for (int j = 0; j < 3; j++) {
                matrix.set(i, j, values[i][j]);
            }
        }
        return matrix;
    }

    @Test
    void summariesAreThoseOfTheDefinitions() {
        EvaluationMatrix matrix = example();
        assertThat(matrix.average()).isCloseTo((0.7 + 0.6 + 0.85) / 3, within(1e-15));
        assertThat(matrix.backwardTransfer()).isCloseTo((0.7 - 0.9 + 0.6 - 0.8) / 2, within(1e-15));
        assertThat(matrix.forwardTransfer()).isCloseTo((0.3 - 0.2 + 0.25 - 0.3) / 2, within(1e-15));
        assertThat(matrix.forgettingFromBest()).isCloseTo((0.95 - 0.7 + 0.8 - 0.6) / 2, within(1e-15));
        assertThat(matrix.forgettingFromLearned()).isCloseTo((0.9 - 0.7 + 0.8 - 0.6) / 2, within(1e-15));
        assertThat(matrix.learningAccuracy()).isCloseTo((0.9 + 0.8 + 0.85) / 3, within(1e-15));
        assertThat(matrix.minimumAccuracy()).isCloseTo((0.7 + 0.6) / 2, within(1e-15));
        assertThat(matrix.untrained(1)).isEqualTo(0.2);
        matrix.observe(1, 0.4);
        assertThat(matrix.minimumAccuracy()).isCloseTo((0.7 + 0.4) / 2, within(1e-15));
    }

    @Test
    void valuesThatAreNoNumbersAreRefused() {
        EvaluationMatrix matrix = new EvaluationMatrix("accuracy", List.of("a", "b"));
        List<ThrowingCallable> calls = List.of(
                () -> matrix.set(1, 1, Double.NaN),
                () -> matrix.observe(1, Double.NaN),
                () -> matrix.setUntrained(1, Double.NaN));
        for (ThrowingCallable call : calls) {
            assertThatThrownBy(call)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("accuracy of task 'b' is NaN")
                    .hasMessageContaining("labels that count");
        }
        assertThat(matrix).isEqualTo(new EvaluationMatrix("accuracy", List.of("a", "b")));
    }

    @Test
    void tasksThatDoNotExistAreRefused() {
        EvaluationMatrix matrix = example();
        for (int task : new int[] {-1, 3}) {
            List<ThrowableAssert.ThrowingCallable> calls = List.of(
                    () -> matrix.set(0, task, 0.5),
                    () -> matrix.set(task, 0, 0.5),
                    () -> matrix.get(0, task),
                    () -> matrix.get(task, 0),
                    () -> matrix.observe(task, 0.5),
                    () -> matrix.setUntrained(task, 0.5),
                    () -> matrix.untrained(task));
            for (ThrowableAssert.ThrowingCallable call : calls) {
                assertThatThrownBy(call)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("task is %d but there are 3, counted from 0: [a, b, c, d]", task);
            }
        }
        assertThat(matrix).isEqualTo(example());
    }

    /** A task that later ones help: its value when just learned is no evaluation after it. */
    @Test
    void theMinimumCountsOnlyWhatCameAfterTheTask() {
        EvaluationMatrix matrix = new EvaluationMatrix("accuracy", List.of("a", "b"));
        matrix.set(0, 0, 0.5);
        matrix.set(1, 0, 0.6);
        matrix.set(1, 1, 0.9);
        assertThat(matrix.minimumAccuracy()).isEqualTo(0.6);
    }

    @Test
    void whatHasNotBeenEvaluatedIsNotANumber() {
        EvaluationMatrix matrix = new EvaluationMatrix("accuracy", List.of("a", "b"));
        matrix.set(0, 0, 0.5);
        assertThat(matrix.average()).isNaN();
        assertThat(matrix.get(1, 0)).isNaN();
        assertThat(new EvaluationMatrix("accuracy", List.of("a")).backwardTransfer())
                .isZero();
    }

    @Test
    void csvQuotesNamesAndLeavesGaps() {
        EvaluationMatrix matrix = new EvaluationMatrix("accuracy", List.of("a", "b, c"));
        matrix.set(0, 0, 0.5);
        assertThat(matrix.toCsv()).isEqualTo("learned,a,\"b, c\"\nnone,,\na,0.5,\n\"b, c\",,\n");
    }

    @Test
    void jsonComesBackEqual() {
        EvaluationMatrix matrix = example();
        assertThat(EvaluationMatrix.fromJson(matrix.toJson())).isEqualTo(matrix).hasSameHashCodeAs(matrix);
        assertThat(matrix.toJson()).contains("\"backwardTransfer\"", "\"forgettingFromBest\"");
        assertThatThrownBy(() -> EvaluationMatrix.fromJson("{}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'tasks'");
        assertThatThrownBy(() -> EvaluationMatrix.fromJson("no json"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be parsed");
    }

    @Test
    void jsonHasTheSummariesAndNullForThoseThatNeedMore() throws Exception {
        EvaluationMatrix matrix = new EvaluationMatrix("accuracy", List.of("a", "b"));
        matrix.set(1, 0, 0.5);
        matrix.set(1, 1, 0.75);
        JsonNode summaries = new ObjectMapper().readTree(matrix.toJson()).get("summaries");
        assertThat(summaries.get("average").asDouble()).isEqualTo(0.625);
        assertThat(summaries.get("backwardTransfer").isNull()).isTrue();
    }

    /** A change of any part, one at a time. */
    @Test
    void matricesDifferIfAnyPartDoes() {
        EvaluationMatrix value = example();
        value.set(2, 2, 0.8);
        EvaluationMatrix start = example();
        start.setUntrained(0, 0.4);
        EvaluationMatrix observed = example();
        observed.observe(0, 0.1);
        EvaluationMatrix named = EvaluationMatrix.fromJson(example().toJson().replace("b, c", "b"));
        EvaluationMatrix other = EvaluationMatrix.fromJson(example().toJson().replace("accuracy", "loss"));
        assertThat(example()).isEqualTo(example()).isNotIn(value, start, observed, named, other, "accuracy");
    }

    @Test
    void markdownHasATableAndTheSummaries() {
        assertThat(example().toMarkdown())
                .contains("| accuracy after | a | b, c | d |")
                .contains("| no task | 0.100 | 0.200 | 0.300 |")
                .contains("| d | 0.700 | 0.600 | 0.850 |")
                .contains("| average | 0.717 |");
        assertThat(example()).hasToString(example().toMarkdown());
    }

    /** Larger numbers are darker; the picture can be read. */
    @Test
    void heatMapIsDarkWhereNumbersAreLarge(@TempDir Path directory) throws Exception {
        File file = directory.resolve("matrix.png").toFile();
        example().writeHeatMap(file);
        var image = ImageIO.read(file);
        int large = image.getRGB(140 + 5, 140 + 64 + 5) & 0xFF0000; // 0.95 in the second row, first column
        int small = image.getRGB(140 + 2 * 64 + 5, 140 + 5) & 0xFF0000; // 0.2 in the first row, last column
        assertThat(large).isLessThan(small);
    }
}
