/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Steps of linear layers on inputs of which what can be reached is known. */
class LinearStepTest {
    private static final FeatureSolver EXACT = FeatureSolver.truncated(1e-12, 0);

    /** Two examples that differ and a third that nothing reaches. */
    private static Features features() {
        return new Features(
                Nd4j.createFromArray(new double[][] {{1, 0}, {0, 2}, {0, 0}}), new ActivationIdentity(), false);
    }

    @Test
    void whatNoWeightsReachIsReportedAsAShare() {
        INDArray tangent = Nd4j.createFromArray(new double[][] {{1}, {2}, {2}});
        try (LinearStep step = LinearStep.of(features(), tangent, EXACT)) {
            assertThatMatrix(step.parameters().array())
                    .isWithinAbsolute(Nd4j.createFromArray(new double[][] {{1}, {1}}), 1e-14);
            assertThat(step.report().rank()).isEqualTo(2);
            assertThat(step.report().condition()).isCloseTo(2, within(1e-14));
            assertThat(step.report().residual()).isCloseTo(2.0 / 3, within(1e-14)); // of the norm 3
        }
    }

    @Test
    void aTangentOfZeroIsReachedByNoStep() {
        try (LinearStep step = LinearStep.of(features(), Nd4j.zeros(DataType.DOUBLE, 3, 1), EXACT)) {
            assertThat(step.report().residual()).isZero();
            assertThat(step.parameters().frobenius()).isZero();
        }
    }

    /** The shortest T with T W = R is R W' (W W')^-1 of the transposed system. */
    @Test
    void tangentsGoBackTheShortestWay() {
        INDArray weights = Nd4j.createFromArray(new double[][] {{3, 0}, {4, 0}, {0, 2}});
        INDArray tangent = Nd4j.createFromArray(new double[][] {{5, 6}});
        assertThatMatrix(LinearStep.pullBack(tangent, weights))
                .isWithinAbsolute(Nd4j.createFromArray(new double[][] {{0.6, 0.8, 3}}), 1e-14);
        INDArray dependent = Nd4j.createFromArray(new double[][] {{1, 1}, {1, 1}, {0, 0}});
        assertThatThrownBy(() -> LinearStep.pullBack(tangent, dependent))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("rank 1 but 2 columns");
    }
}
