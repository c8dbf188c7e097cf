/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.gaussnewton;

import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

import io.github.dl4jcurvature.examples.data.Mnist;
import io.github.dl4jcurvature.examples.data.OpticalDigits;
import io.github.dl4jcurvature.examples.data.OpticalDigitsIterator;
import io.github.dl4jcurvature.examples.data.Part;
import io.github.dl4jcurvature.examples.data.Permutation;
import io.github.dl4jcurvature.examples.data.Target;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Images of digits, standardised with mean and deviation of the training images' pixels.
 *
 * @param name for people
 * @param train examples batches are drawn from
 * @param validation examples rates are chosen on
 * @param test examples that only reported figures see
 */
public record StudyData(String name, DataSet train, DataSet validation, DataSet test) {
    private static final int MNIST_TRAIN = 6000;
    private static final int MNIST_VALIDATION = 2000;
    private static final int CLASSES = 10;

    /**
     * The embedded optical digits.
     *
     * @return 1000, 297 and 500 images of 64 pixels
     */
    public static StudyData digits() {
        OpticalDigits digits = new OpticalDigits(OpticalDigitsIterator.SPLIT_SEED);
        return standardised(
                "digits",
                digits.part(Part.TRAIN, Target.CLASS),
                digits.part(Part.VALIDATION, Target.CLASS),
                digits.part(Part.TEST, Target.CLASS));
    }

    /**
     * The MNIST test files.
     *
     * @param directory where they lie
     * @return 6000, 2000 and 2000 images of 784 pixels
     */
    public static StudyData mnist(Path directory) {
        INDArray images = Mnist.images(directory);
        int[] classes = Mnist.labels(directory);
        INDArray labels = Nd4j.zeros(DataType.FLOAT, classes.length, CLASSES);
        for (int i = 0; i < classes.length; i++) {
            labels.putScalar(i, classes[i], 1);
        }
        int[] order = Permutation.random(classes.length, new SplittableRandom(OpticalDigitsIterator.SPLIT_SEED));
        int test = MNIST_TRAIN + MNIST_VALIDATION;
        return standardised(
                "mnist",
                rows(images, labels, order, 0, MNIST_TRAIN),
                rows(images, labels, order, MNIST_TRAIN, test),
                rows(images, labels, order, test, classes.length));
    }

    private static DataSet rows(INDArray images, INDArray labels, int[] order, int from, int to) {
        int[] rows = IntStream.range(from, to).map(i -> order[i]).toArray();
        return new DataSet(Nd4j.pullRows(images, 1, rows), Nd4j.pullRows(labels, 1, rows));
    }

    private static StudyData standardised(String name, DataSet train, DataSet validation, DataSet test) {
        double mean = train.getFeatures().meanNumber().doubleValue();
        double deviation = train.getFeatures().stdNumber().doubleValue();
        for (DataSet part : new DataSet[] {train, validation, test}) {
            part.setFeatures(
                    part.getFeatures().castTo(DataType.DOUBLE).subi(mean).divi(deviation));
            part.setLabels(part.getLabels().castTo(DataType.DOUBLE));
        }
        return new StudyData(name, train, validation, test);
    }

    /** The first training examples. */
    DataSet first(int examples) {
        return new DataSet(
                train.getFeatures()
                        .get(NDArrayIndex.interval(0, examples), NDArrayIndex.all())
                        .dup(),
                train.getLabels()
                        .get(NDArrayIndex.interval(0, examples), NDArrayIndex.all())
                        .dup());
    }

    /** Some training examples. */
    DataSet batch(int... rows) {
        return new DataSet(Nd4j.pullRows(train.getFeatures(), 1, rows), Nd4j.pullRows(train.getLabels(), 1, rows));
    }

    long width() {
        return train.getFeatures().size(1);
    }
}
