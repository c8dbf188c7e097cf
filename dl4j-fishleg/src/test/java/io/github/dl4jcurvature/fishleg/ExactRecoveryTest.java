/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A linear model with one output has the Fisher matrix C of its inputs, and the scaled form can represent its damped
 * inverse exactly; so the auxiliary problem with Gaussian probes must find it.
 *
 * <p>The same experiment in Python ends with |Q (C + gamma I) - I| / sqrt(n) below 1e-3 without and at 0.05 with
 * preconditioning, from 34 at the start.
 */
class ExactRecoveryTest {
    private static final int ORDER = 10;
    private static final double DAMPING = 0.01;
    private static final int STEPS = 4000;
    private static final double RATE = 2e-2;

    @ParameterizedTest(name = "preconditioned {0}")
    @CsvSource({"false, 1e-2", "true, 1e-1"})
    void findsTheDampedInverse(boolean preconditioned, double bar) {
        double[] spectrum = new double[ORDER];
        for (int k = 0; k < ORDER; k++) {
            spectrum[k] = 1 / Math.pow(k + 1, 2) + DAMPING;
        }
        INDArray target = RandomMatrices.symmetricWithEigenvalues(spectrum, 5); // C + gamma I
        INDArray lambda = Nd4j.zeros(DataType.DOUBLE, ORDER * ORDER + 1 + ORDER);
        InverseFisher inverse =
                TestBlocks.whole(1, ORDER, FishLeg.Form.SCALED_KRONECKER).inverse(lambda);
        inverse.initialise(1 / DAMPING);
        descend(inverse, lambda, target, preconditioned);

        INDArray error = dense(inverse).mmul(target).sub(Nd4j.eye(ORDER).castTo(DataType.DOUBLE));
        assertThat(error.norm2Number().doubleValue() / Math.sqrt(ORDER)).isLessThan(bar);
    }

    private static void descend(InverseFisher inverse, INDArray lambda, INDArray target, boolean preconditioned) {
        FactorAdam adam = new FactorAdam(0.9, 0.999, 1e-8);
        INDArray first = lambda.like();
        INDArray second = lambda.like();
        INDArray gradient = lambda.like();
        INDArray v = Nd4j.zeros(DataType.DOUBLE, 1, ORDER);
        for (int k = 1; k <= STEPS; k++) {
            inverse.refresh();
            INDArray u = RandomMatrices.gaussian(1, ORDER, k);
            inverse.apply(u, v);
            double scale = u.norm2Number().doubleValue() * v.norm2Number().doubleValue();
            INDArray t = v.mmul(target).sub(u);
            if (preconditioned) {
                INDArray r = t.dup();
                inverse.apply(r, t);
                t.divi(scale);
            }
            inverse.factorGradient(u, t.divi(scale), gradient);
            adam.step(lambda, first, second, gradient, RATE * (1 - (k - 1) / (double) STEPS), k);
        }
        inverse.refresh();
    }

    private static INDArray dense(InverseFisher inverse) {
        INDArray q = Nd4j.zeros(DataType.DOUBLE, ORDER, ORDER);
        INDArray row = Nd4j.zeros(DataType.DOUBLE, 1, ORDER);
        for (int k = 0; k < ORDER; k++) {
            INDArray unit = Nd4j.zeros(DataType.DOUBLE, 1, ORDER);
            unit.putScalar(0, k, 1);
            inverse.apply(unit, row);
            q.putRow(k, row);
        }
        return q;
    }
}
