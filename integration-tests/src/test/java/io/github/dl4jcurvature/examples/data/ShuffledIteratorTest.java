/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.data;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ShuffledIteratorTest {
    private static final int EXAMPLES = 10;

    @Test
    void anEpochVisitsEveryExampleOnce() {
        ShuffledIterator iterator = iterator(5);

        assertThat(epoch(iterator)).containsExactlyInAnyOrder(0., 1., 2., 3., 4., 5., 6., 7., 8., 9.);
        assertThat(iterator.hasNext()).isFalse();
        assertThatThrownBy(iterator::next)
                .isInstanceOf(NoSuchElementException.class)
                .hasMessageContaining("reset()");
    }

    @Test
    void ordersDependOnSeedAndEpochAlone() {
        ShuffledIterator iterator = iterator(5);
        List<Double> first = epoch(iterator);
        iterator.reset();
        List<Double> second = epoch(iterator);
        ShuffledIterator again = iterator(5);

        assertThat(second).isNotEqualTo(first);
        assertThat(epoch(again)).isEqualTo(first);
        again.reset();
        assertThat(epoch(again)).isEqualTo(second);
        assertThat(epoch(iterator(6))).isNotEqualTo(first);
    }

    @Test
    void labelsStayWithTheirFeaturesAndTheLastBatchIsSmaller() {
        ShuffledIterator iterator = iterator(5);
        List<Integer> sizes = new ArrayList<>();
        while (iterator.hasNext()) {
            DataSet batch = iterator.next();
            sizes.add(batch.numExamples());
            assertThat(batch.getLabels()).isEqualTo(batch.getFeatures().mul(10));
        }

        assertThat(sizes).containsExactly(4, 4, 2);
    }

    @Test
    void describesItselfToTheHost() {
        DataSetIterator iterator = new OpticalDigitsIterator(50, Part.VALIDATION, Target.CLASS, 1);

        assertThat(iterator.inputColumns()).isEqualTo(64);
        assertThat(iterator.totalOutcomes()).isEqualTo(10);
        assertThat(iterator.batch()).isEqualTo(50);
        assertThat(iterator.resetSupported()).isTrue();
        assertThat(iterator.getLabels()).isNull();
        iterator.setPreProcessor(batch -> batch.getFeatures().muli(0));
        assertThat(iterator.getPreProcessor()).isNotNull();
        assertThat(iterator.next().getFeatures().sumNumber().doubleValue()).isZero();
    }

    @Test
    void refusesAnEmptyBatch() {
        assertThatThrownBy(() -> new ShuffledIterator(data(), 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("batchSize must be at least 1 but is 0");
    }

    private static ShuffledIterator iterator(long seed) {
        return new ShuffledIterator(data(), 4, seed);
    }

    private static DataSet data() {
        INDArray numbers = Nd4j.create(new double[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, new long[] {EXAMPLES, 1});
        return new DataSet(numbers, numbers.mul(10));
    }

    private static List<Double> epoch(ShuffledIterator iterator) {
        List<Double> seen = new ArrayList<>();
        while (iterator.hasNext()) {
            for (double value : iterator.next().getFeatures().toDoubleVector()) {
                seen.add(value);
            }
        }
        return seen;
    }
}
