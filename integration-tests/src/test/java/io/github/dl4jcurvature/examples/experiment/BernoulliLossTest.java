/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.experiment;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class BernoulliLossTest {

    @Test
    void isTheMeanOverExamplesOfTheSumOverOutputsAlsoForConfidentErrors() {
        double[][] logits = {{0.5, -2}, {40, -40}};
        double[][] targets = {{1, 0.25}, {0, 1}};
        double sum = 0;
        for (int row = 0; row < 2; row++) {
            for (int column = 0; column < 2; column++) {
                double z = logits[row][column];
                double y = targets[row][column];
                sum -= y * -Math.log1p(Math.exp(-z)) + (1 - y) * -Math.log1p(Math.exp(z));
            }
        }
        // numbers of order 100 in double
        assertThat(BernoulliLoss.mean(Nd4j.createFromArray(logits), Nd4j.createFromArray(targets)))
                .isCloseTo(sum / 2, within(1e-12));
        assertThat(sum / 2).isGreaterThan(40);
    }
}
