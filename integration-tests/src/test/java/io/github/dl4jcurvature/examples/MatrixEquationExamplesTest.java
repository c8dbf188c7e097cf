/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.nio.file.Path;
import java.util.List;

import io.github.dl4jcurvature.examples.equations.AccuracyTable;
import io.github.dl4jcurvature.examples.equations.CostRecovery;
import io.github.dl4jcurvature.examples.equations.Covariances;
import io.github.dl4jcurvature.examples.equations.SciPy;
import io.github.dl4jcurvature.examples.equations.SpeedComparison;
import io.github.dl4jcurvature.examples.equations.StateSpaceFit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class MatrixEquationExamplesTest {
    private static final Path RECORDED = Path.of("..", "samediff-ops", "src", "test", "resources", "golden");

    @TempDir
    private Path directory;

    @Test
    void theCollectionsAreSolvedAndMissingOnesAreNamed() {
        AccuracyTable table = new AccuracyTable();
        table.run(RECORDED);
        assertThat(table.figures().toString())
                .containsPattern("worst\\.residual = \\d\\.\\d+e-1[4-9]")
                .contains("refused.gradients = 2", "cases = 70");
        assertThatThrownBy(() -> table.run(directory))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("carex_darex.json is missing");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2})
    void theCostOfARegulatorIsRecovered(long seed) {
        CostRecovery recovery = new CostRecovery(seed);
        recovery.run(60);
        assertThat(recovery.last(2)).isLessThan(1e-6);
        assertThat(recovery.last(0)).isLessThanOrEqualTo(60);
        assertThat(recovery.curve(2)[0]).isCloseTo(1, within(1e-8));
    }

    @Test
    void aStateSpaceModelIsFittedToTheCovariancesOfAnother() {
        // y = (x, x) + noise with x' = 0.5 x + w, two independent coordinates of variance 4/3
        INDArray zero = Nd4j.createFromArray(new double[][] {{4.0 / 3, 4.0 / 3}, {4.0 / 3, 4.0 / 3 + 0.1}});
        INDArray one = Nd4j.createFromArray(new double[][] {{2.0 / 3, 2.0 / 3}, {2.0 / 3, 2.0 / 3}});
        StateSpaceFit fit = new StateSpaceFit(2, zero, one, 1);
        fit.fit(800);
        assertThat(fit.mismatch(zero, one)).isLessThan(0.05);
    }

    @Test
    void covariancesOfRowsAreThoseOfTheirPixels() {
        // one image of two rows: (0, 2) and (4, 2); means 2 and 2
        INDArray image = Nd4j.createFromArray(new double[][] {{0, 2, 4, 2}});
        Covariances covariances = Covariances.ofRows(image, 2);
        assertThat(covariances.zero().getDouble(0, 0)).isEqualTo(4);
        assertThat(covariances.zero().getDouble(1, 1)).isZero();
        assertThat(covariances.one().getDouble(0, 0)).isEqualTo(-4);
    }

    @Test
    void unknownEquationsAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SpeedComparison(directory, null, List.of("riccati")))
                .withMessageContaining("equations must be among [sylvester, lyapunov, dlyapunov, care, dare]");
    }

    @Test
    void speedIsMeasuredWithAndWithoutSciPy() {
        SpeedComparison alone = new SpeedComparison(directory, null, List.of());
        alone.run(6);
        assertThat(alone.figures().toString())
                .contains("gradient.sylvester.6", "gradient.dare.6")
                .doesNotContain("speedup");
        SciPy.start(directory).ifPresent(scipy -> {
            try (scipy) {
                SpeedComparison both = new SpeedComparison(directory, scipy, List.of("care", "dare"));
                both.run(12);
                assertThat(both.figures().toString())
                        .contains("speedup.care.12")
                        .doesNotContain("sylvester");
                // ours, SciPy's, ..., difference: the same solutions
                assertThat(both.toString()).containsPattern("dare.*e-1\\d");
            }
        });
    }
}
