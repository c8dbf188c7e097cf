/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import io.github.dl4jcurvature.testkit.FiniteDifferences;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;

class DiagonalFormsTest {

    @Test
    void theElementwiseFormIsADiagonalMatrix() {
        INDArray lambda = RandomMatrices.gaussian(new long[] {6}, 1);
        INDArray u = RandomMatrices.gaussian(1, 6, 2);
        INDArray t = RandomMatrices.gaussian(1, 6, 3);
        InverseFisher inverse = new DiagonalInverse(lambda);
        inverse.refresh();
        assertThat(inverse.size()).isEqualTo(6);
        INDArray product = u.like();
        inverse.apply(u, product);
        INDArray gradient = lambda.like();
        inverse.factorGradient(u, t, gradient);
        INDArray differences = FiniteDifferences.gradient(
                point -> point.mul(point).mul(u).mul(t).sumNumber().doubleValue(), lambda);

        assertThatMatrix(product).isWithinRelativeFrobenius(u.mul(lambda).mul(lambda), 1e-15);
        assertThatMatrix(gradient).isWithinRelativeFrobenius(differences, 1e-8); // accuracy of the differences
        INDArray wished = RandomMatrices.uniform(new long[] {1, 6}, 4).addi(0.1);
        inverse.initialise(wished);
        assertThatMatrix(inverse.diagonal()).isWithinRelativeFrobenius(wished, 1e-15);
    }

    /** The normal equations of least squares: the logarithm of the error has mean zero in every row and column. */
    @Test
    void theRankOneFitLeavesNoMeanErrorInRowsAndColumns() {
        INDArray diagonal = Transforms.exp(RandomMatrices.gaussian(5, 7, 8).muli(2));
        RankOneDiagonal fit = RankOneDiagonal.of(diagonal);
        INDArray outputs = fit.outputs().mul(fit.outputs()).reshape(5, 1);
        INDArray inputs = fit.inputs().mul(fit.inputs()).reshape(1, 7);
        INDArray error = Transforms.log(diagonal.div(outputs.mmul(inputs)));

        assertThatMatrix(error.mean(0)).isWithinAbsolute(Nd4j.zeros(DataType.DOUBLE, 7), 1e-14);
        assertThatMatrix(error.mean(1)).isWithinAbsolute(Nd4j.zeros(DataType.DOUBLE, 5), 1e-14);
    }
}
