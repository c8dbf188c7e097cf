/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.Arrays;
import java.util.stream.LongStream;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Splits classified examples into the tasks of a scenario. */
final class ClassSplit {
    private final TaskStream.Scenario scenario;
    private final int[][] classes;

    ClassSplit(TaskStream.Scenario scenario, int[][] classes, long available) {
        this.scenario = scenario;
        this.classes = classes;
        int[] all = Arrays.stream(classes).flatMapToInt(Arrays::stream).toArray();
        if (Arrays.stream(all).anyMatch(each -> each < 0 || each >= available)
                || Arrays.stream(all).distinct().count() < all.length
                || Arrays.stream(classes).anyMatch(each -> each.length == 0)) {
            throw new IllegalArgumentException(
                    "classes of the tasks must be different, in [0, %d) and at least one for each, but are %s"
                            .formatted(available, Arrays.deepToString(classes)));
        }
    }

    TaskData part(MultiDataSet data, int task) {
        long[] labels = data.getLabels(0).argMax(1).toLongVector();
        long[] members = LongStream.range(0, labels.length)
                .filter(i -> position(labels[(int) i], task) >= 0)
                .toArray();
        if (members.length == 0) {
            throw new IllegalArgumentException(
                    "there is no example of the classes %s".formatted(Arrays.toString(classes[task])));
        }
        MultiDataSet part = new ArrayTaskData(data).batch(members);
        if (scenario == TaskStream.Scenario.CLASS_INCREMENTAL) {
            return new ArrayTaskData(part);
        }
        INDArray own = Nd4j.zeros(part.getLabels(0).dataType(), members.length, classes[task].length);
        for (int i = 0; i < members.length; i++) {
            own.putScalar(i, position(labels[(int) members[i]], task), 1);
        }
        if (scenario == TaskStream.Scenario.DOMAIN_INCREMENTAL) {
            part.setLabels(0, own);
            return new ArrayTaskData(part);
        }
        return new ArrayTaskData(withHeads(part, task, own));
    }

    /** Labels and masks of all heads; those of other tasks are masked. */
    private MultiDataSet withHeads(MultiDataSet part, int task, INDArray own) {
        INDArray[] labels = new INDArray[classes.length];
        INDArray[] masks = new INDArray[classes.length];
        for (int head = 0; head < classes.length; head++) {
            labels[head] = head == task ? own : Nd4j.zeros(own.dataType(), own.size(0), classes[head].length);
            masks[head] = Nd4j.valueArrayOf(new long[] {own.size(0), 1}, head == task ? 1.0 : 0.0, own.dataType());
        }
        return new org.nd4j.linalg.dataset.MultiDataSet(
                part.getFeatures(), labels, part.getFeaturesMaskArrays(), masks);
    }

    private int position(long label, int task) {
        for (int i = 0; i < classes[task].length; i++) {
            if (classes[task][i] == label) {
                return i;
            }
        }
        return -1;
    }
}
