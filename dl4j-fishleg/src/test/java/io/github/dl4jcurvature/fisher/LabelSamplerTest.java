/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.stream.DoubleStream;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class LabelSamplerTest {

    /** Standard errors for 100000 draws: mean 0.003, variance 0.0045; the bounds are five of them. */
    @Test
    void gaussianNumbersHaveMeanZeroAndVarianceOne() {
        LabelSampler sampler = LabelSampler.seeded(71);
        double[] draws =
                DoubleStream.generate(sampler::nextGaussian).limit(100_000).toArray();
        double mean = DoubleStream.of(draws).average().orElseThrow();
        double variance = DoubleStream.of(draws).map(x -> x * x).average().orElseThrow();
        assertThat(mean).isCloseTo(0, within(0.016));
        assertThat(variance).isCloseTo(1, within(0.023));
    }

    @Test
    void aSeedFixesTheSequence() {
        LabelSampler first = LabelSampler.seeded(72);
        LabelSampler second = LabelSampler.seeded(72);
        for (int i = 0; i < 10; i++) {
            assertThat(first.nextUniform()).isEqualTo(second.nextUniform());
        }
        assertThat(first.nextUniform()).isNotEqualTo(LabelSampler.seeded(73).nextUniform());
    }

    /** A script of uniform numbers fixes labels row by row: y = 1 where u < p. */
    @Test
    void bernoulliLabelsAreOneBelowTheProbability() {
        INDArray mean = Nd4j.createFromArray(new double[][] {{0.2, 0.9}, {0.5, 0.5}});
        INDArray drawn = new BernoulliOutput().sample(mean, script(0.1, 0.95, 0.5, 0.49));
        assertThatMatrix(drawn).isBitEqualTo(Nd4j.createFromArray(new double[][] {{1, 0}, {0, 1}}));
    }

    @Test
    void categoricalLabelsInvertTheCumulativeSum() {
        INDArray mean = Nd4j.createFromArray(new double[][] {{0.2, 0.3, 0.5}, {0.2, 0.3, 0.5}, {0.2, 0.3, 0.4}});
        INDArray drawn = new CategoricalOutput().sample(mean, script(0.2, 0.1, 0.99));
        assertThatMatrix(drawn).isBitEqualTo(Nd4j.createFromArray(new double[][] {{0, 1, 0}, {1, 0, 0}, {0, 0, 1}}));
    }

    private static LabelSampler script(double... uniforms) {
        return DoubleStream.of(uniforms).iterator()::nextDouble;
    }
}
