/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.SplittableRandom;

import io.github.dl4jcurvature.linalg.SymmetricEigendecomposition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Closed forms against explicit inverses of the Hessian of one example. */
class LikelihoodTest {
    private static final int OUTPUTS = 5;

    @ParameterizedTest
    @CsvSource({
        "CATEGORICAL, EXACT, 0",
        "CATEGORICAL, DAMPED, 0.1",
        "CATEGORICAL, DAMPED, 3",
        "CATEGORICAL, IDENTITY, 0",
        "BERNOULLI, EXACT, 0",
        "BERNOULLI, DAMPED, 0.1",
        "BERNOULLI, IDENTITY, 0",
        "GAUSSIAN, EXACT, 0",
        "GAUSSIAN, DAMPED, 0.5",
        "GAUSSIAN, IDENTITY, 0"
    })
    void residualsSolveWithTheHessian(Likelihood likelihood, ResidualMode mode, double damping) {
        SplittableRandom random = new SplittableRandom(3);
        double[] o = random.doubles(OUTPUTS, -2, 2).toArray();
        double[] y = random.doubles(OUTPUTS, 0, 1).toArray();
        if (likelihood == Likelihood.CATEGORICAL) {
            double sum = java.util.Arrays.stream(y).sum();
            for (int j = 0; j < OUTPUTS; j++) {
                y[j] /= sum;
            }
        }
        INDArray p = probabilities(likelihood, o);
        INDArray hessian = hessian(likelihood, p);
        INDArray error = p.sub(Nd4j.createFromArray(y)).reshape(OUTPUTS, 1);
        INDArray expected = mode == ResidualMode.IDENTITY
                ? error
                : pseudoInverse(hessian.add(
                                Nd4j.eye(OUTPUTS).castTo(DataType.DOUBLE).mul(damping)))
                        .mmul(error);
        double[] residual = o.clone();
        likelihood.residual(mode, damping, residual, y);
        INDArray actual = Nd4j.createFromArray(residual).reshape(OUTPUTS, 1);
        assertThatMatrix(actual).isWithinAbsolute(expected, 1e-12);
        if (mode == ResidualMode.EXACT) {
            assertThatMatrix(pseudoInverse(hessian.mul(7)).mmul(error.mul(7)))
                    .as("a factor of the loss cancels")
                    .isWithinAbsolute(actual, 1e-12);
        }
        assertThat(likelihood.curvature(o, residual))
                .isCloseTo(actual.transpose().mmul(hessian).mmul(actual).getDouble(0), within(1e-12));
    }

    @ParameterizedTest
    @CsvSource({"CATEGORICAL, DAMPED", "CATEGORICAL, IDENTITY", "BERNOULLI, DAMPED", "BERNOULLI, IDENTITY"})
    void saturatedOutputsStayFinite(Likelihood likelihood, ResidualMode mode) {
        double[] o = {800, -800, 0, 3, -3};
        likelihood.residual(mode, 0.1, o, new double[] {0, 1, 0, 0, 0});
        for (double value : o) {
            assertThat(value).isFinite();
        }
    }

    private static INDArray probabilities(Likelihood likelihood, double... o) {
        INDArray outputs = Nd4j.createFromArray(o);
        return switch (likelihood) {
            case GAUSSIAN -> outputs;
            case BERNOULLI -> Nd4j.math().exp(outputs.neg()).addi(1).rdivi(1);
            case CATEGORICAL -> {
                INDArray exponentials = Nd4j.math().exp(outputs);
                yield exponentials.div(exponentials.sumNumber());
            }
        };
    }

    private static INDArray hessian(Likelihood likelihood, INDArray p) {
        INDArray column = p.reshape(OUTPUTS, 1);
        return switch (likelihood) {
            case GAUSSIAN -> Nd4j.eye(OUTPUTS).castTo(DataType.DOUBLE);
            case BERNOULLI -> Nd4j.diag(p.mul(p.rsub(1)));
            case CATEGORICAL -> Nd4j.diag(p).sub(column.mmul(column.transpose()));
        };
    }

    private static INDArray pseudoInverse(INDArray symmetric) {
        SymmetricEigendecomposition eigen = SymmetricEigendecomposition.of(symmetric);
        INDArray inverse = eigen.values();
        for (int i = 0; i < OUTPUTS; i++) {
            double value = inverse.getDouble(i);
            inverse.putScalar(i, value > 1e-12 ? 1 / value : 0);
        }
        return eigen.vectors().mulRowVector(inverse).mmul(eigen.vectors().transpose());
    }
}
