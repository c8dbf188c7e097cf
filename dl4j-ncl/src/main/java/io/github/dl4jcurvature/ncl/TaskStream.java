/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Tasks that are learned one after another.
 *
 * <p>Scenarios are those of van de Ven, Tuytelaars and Tolias (Nature Machine Intelligence 2022). Class labels are one-hot, shape
 * [examples, classes], features have the example index first.
 *
 * @param scenario what the network is told at test time
 * @param tasks the tasks in the order in which they are learned
 */
public record TaskStream(Scenario scenario, List<Task> tasks) {

    /** What the network is told at test time, and what its outputs mean. */
    public enum Scenario {
        /** Which task it is: every task has a head of its own. */
        TASK_INCREMENTAL,
        /** Nothing, but outputs mean the same in all tasks, whose inputs differ. */
        DOMAIN_INCREMENTAL,
        /** Nothing, and every task brings new classes: regularisation alone is known to fail here. */
        CLASS_INCREMENTAL,
        /** Something else. */
        OTHER
    }

    /**
     * Copies the list.
     *
     * @throws IllegalArgumentException if there is no task or two have the same name
     */
    public TaskStream {
        tasks = List.copyOf(tasks);
        if (tasks.isEmpty()) {
            throw new IllegalArgumentException("tasks is empty; a stream has at least one task");
        }
        if (tasks.stream().map(Task::name).distinct().count() < tasks.size()) {
            throw new IllegalArgumentException("tasks %s must have different names"
                    .formatted(tasks.stream().map(Task::name).toList()));
        }
    }

    /**
     * Splits a data set by its classes into tasks with a head each, for a ComputationGraph with as many outputs: output k has the
     * classes of task k in the given order, and all others have label masks of zeros.
     *
     * @param train read into memory
     * @param test read into memory
     * @param classes classes of each task, as indices of the labels
     * @return the stream
     * @throws IllegalArgumentException if a class occurs twice or does not exist
     */
    public static TaskStream taskIncremental(DataSetIterator train, DataSetIterator test, int[][] classes) {
        return byClasses(Scenario.TASK_INCREMENTAL, train, test, classes);
    }

    /**
     * Splits a data set by its classes into tasks that share their outputs: class i of each task becomes output i.
     *
     * @param train read into memory
     * @param test read into memory
     * @param classes classes of each task, as many for each
     * @return the stream
     * @throws IllegalArgumentException if a class occurs twice or does not exist, or tasks have different numbers of classes
     */
    public static TaskStream domainIncremental(DataSetIterator train, DataSetIterator test, int[][] classes) {
        for (int[] each : classes) {
            if (each.length != classes[0].length) {
                throw new IllegalArgumentException(
                        "classes must be as many for each task, whose outputs they share, but are %s; use classIncremental or taskIncremental for tasks of different sizes"
                                .formatted(Arrays.deepToString(classes)));
            }
        }
        return byClasses(Scenario.DOMAIN_INCREMENTAL, train, test, classes);
    }

    /**
     * Splits a data set by its classes into tasks of a network with an output for every class.
     *
     * @param train read into memory
     * @param test read into memory
     * @param classes classes of each task
     * @return the stream
     * @throws IllegalArgumentException if a class occurs twice or does not exist
     */
    public static TaskStream classIncremental(DataSetIterator train, DataSetIterator test, int[][] classes) {
        return byClasses(Scenario.CLASS_INCREMENTAL, train, test, classes);
    }

    private static TaskStream byClasses(
            Scenario scenario, DataSetIterator train, DataSetIterator test, int[][] classes) {
        MultiDataSet trainData = ArrayTaskData.read(train);
        MultiDataSet testData = ArrayTaskData.read(test);
        ClassSplit split =
                new ClassSplit(scenario, classes, trainData.getLabels(0).size(1));
        List<Task> tasks = new ArrayList<>();
        for (int task = 0; task < classes.length; task++) {
            tasks.add(new Task(
                    "classes " + Arrays.toString(classes[task]),
                    split.part(trainData, task),
                    split.part(testData, task),
                    scenario == Scenario.TASK_INCREMENTAL ? task : 0));
        }
        return new TaskStream(scenario, tasks);
    }

    /**
     * The same examples with their features in another order in every task; the first keeps the order.
     *
     * @param train examples, features of any shape
     * @param test examples with features of the same shape
     * @param tasks number of tasks, positive
     * @param seed of the permutations
     * @return the stream, a view of the data
     */
    public static TaskStream permuted(TaskData train, TaskData test, int tasks, long seed) {
        long[] shape = train.batch(0).getFeatures(0).shape();
        int length = (int) (Arrays.stream(shape).reduce(1, (a, b) -> a * b) / shape[0]);
        SplittableRandom random = new SplittableRandom(seed);
        List<Task> list = new ArrayList<>();
        for (int task = 0; task < tasks; task++) {
            int[] order = task == 0 ? IntStream.range(0, length).toArray() : Shuffle.permutation(length, random);
            list.add(changed("permutation " + task, train, test, new FeatureMap(order)::apply));
        }
        return new TaskStream(Scenario.DOMAIN_INCREMENTAL, list);
    }

    /**
     * The same images rotated by another angle in every task, by nearest neighbours about the centre; what comes from outside is
     * zero.
     *
     * @param train images as rows [examples, height width] or with shape [examples, channels, height, width]
     * @param test images of the same shape
     * @param degrees angle of each task, counter-clockwise
     * @param height rows of an image
     * @param width columns of an image
     * @return the stream, a view of the data
     */
    public static TaskStream rotated(TaskData train, TaskData test, double[] degrees, int height, int width) {
        List<Task> list = new ArrayList<>();
        for (double angle : degrees) {
            FeatureMap map = FeatureMap.rotation(angle, height, width);
            list.add(changed("rotation " + angle, train, test, map::apply));
        }
        return new TaskStream(Scenario.DOMAIN_INCREMENTAL, list);
    }

    /** A change of the features alone. */
    private static Task changed(
            String name, TaskData train, TaskData test, java.util.function.UnaryOperator<INDArray> features) {
        java.util.function.UnaryOperator<MultiDataSet> change = data -> {
            data.setFeatures(0, features.apply(data.getFeatures(0)));
            return data;
        };
        return new Task(name, train.changed(change), test.changed(change));
    }

    /**
     * Names of the tasks.
     *
     * @return in the order of the tasks
     */
    public List<String> names() {
        return tasks.stream().map(Task::name).toList();
    }
}
