/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class TopologyComparisonTest {
    private static final Manifold RING = Manifold.circle();
    private static final Manifold LINE = Manifold.euclidean(1);
    private static final Manifold SPHERE = Manifold.sphere2();

    /** Scores in any order; the ring has the least mean error, the sphere the greatest mean likelihood. */
    private final TopologyComparison comparison = new TopologyComparison(
            List.of(LINE, RING, SPHERE),
            List.of(
                    new HeldOutScore(RING, 1, 0.3, -7, 5),
                    new HeldOutScore(LINE, 0, 0.2, -8, 6),
                    new HeldOutScore(SPHERE, 1, 0.9, -4, 1),
                    new HeldOutScore(RING, 0, 0.1, -5, 3),
                    new HeldOutScore(SPHERE, 0, 0.1, -6, 3),
                    new HeldOutScore(LINE, 1, 0.4, -6, 2)));

    @Test
    void meansAndDeviationsAreThoseOfAManifoldsSplits() {
        assertThat(comparison.mean(RING, HeldOutScore::meanSquaredError)).isCloseTo(0.2, within(1e-15));
        assertThat(comparison.deviation(RING, HeldOutScore::meanSquaredError)).isCloseTo(0.1, within(1e-15));
        assertThat(comparison.mean(LINE, HeldOutScore::evidence)).isEqualTo(4);
        assertThat(comparison.deviation(LINE, HeldOutScore::evidence)).isEqualTo(2);
        assertThat(comparison.mean(Manifold.torus(2), HeldOutScore::evidence)).isNaN();
    }

    @Test
    void theLeastErrorAndTheGreatestLikelihoodWin() {
        assertThat(comparison.byError()).isEqualTo(RING);
        assertThat(comparison.byLikelihood()).isEqualTo(SPHERE);
    }

    @Test
    void winsAreCountedSplitBySplitAndTiesAreNone() {
        assertThat(comparison.wins(RING, LINE)).isEqualTo(2);
        assertThat(comparison.wins(LINE, RING)).isZero();
        assertThat(comparison.wins(RING, SPHERE)).isEqualTo(1);
        assertThat(comparison.wins(SPHERE, RING)).isZero();
        assertThat(comparison.wins(SPHERE, LINE)).isEqualTo(1);
    }

    @Test
    void tablesHaveARowForEachCandidateOrScore() {
        assertThat(comparison.toMarkdown().lines().skip(2))
                .containsExactly(
                        "| R1 | 0.30000 | 0.10000 | -7.000 | 1.000 | 4.000 |",
                        "| T1 | 0.20000 | 0.10000 | -6.000 | 1.000 | 4.000 |",
                        "| S2 | 0.50000 | 0.40000 | -5.000 | 1.000 | 2.000 |");
        assertThat(comparison.toCsv().lines())
                .startsWith("manifold,split,mse,log_likelihood,evidence", "T1,1,0.3,-7.0,5.0", "R1,0,0.2,-8.0,6.0")
                .hasSize(7);
        assertThat(comparison.candidates()).containsExactly(LINE, RING, SPHERE);
        assertThat(comparison.scores()).hasSize(6);
    }

    @Test
    void aManifoldIsNamedOnce() {
        INDArray data = Nd4j.ones(DataType.DOUBLE, 8, 4);
        assertThatThrownBy(() -> TopologyCrossValidation.builder().build().compare(data, List.of(RING, LINE, RING)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("candidates are [T1, R1, T1]")
                .hasMessageContaining("name each manifold once");
    }

    /** The even neurons have nothing at the times held out. */
    @Test
    void scoresThatAreNoNumbersAreRefused() {
        INDArray data = SyntheticNeurons.draw(RING, 4, 12, 1).data();
        for (int t = 1; t < 12; t += 2) {
            data.putScalar(t, 0, Double.NaN);
            data.putScalar(t, 2, Double.NaN);
        }
        TopologyCrossValidation alternating = TopologyCrossValidation.builder()
                .splits(1)
                .alternatingFirst(true)
                .threads(1)
                .model(model -> model.inducing(3).iterations(3))
                .build();
        assertThatThrownBy(() -> alternating.compare(data, List.of(RING)))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("split 0, T1: the mean squared error is NaN")
                .hasMessageContaining("few entries");
    }
}
