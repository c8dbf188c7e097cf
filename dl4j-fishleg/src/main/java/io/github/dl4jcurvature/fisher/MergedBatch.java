/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One batch of several, as the host merges them, with masks that it does not get right.
 *
 * <p>Masks of examples [N, 1] stay such, and batches without a mask count in full; the host repeats them for every element, which its
 * softmax loss and its convolutions refuse. Masks that do not fit their array or each other are refused; the host copies them
 * without a look at their shapes, beyond the end of its memory.
 */
public final class MergedBatch {
    /** What the entries of a mask are for. */
    private enum Kind {
        /** [N, 1] for an array that is no sequence. */
        EXAMPLES,
        /** [N, T] for a sequence [N, C, T]. */
        STEPS,
        /** Of the shape of the array, for images also 1 along some axes. */
        ELEMENTS
    }

    private MergedBatch() {}

    /**
     * Merges batches.
     *
     * @param parts at least one, with the same numbers of inputs and outputs; unchanged
     * @return their examples in order; the only part itself if there is one
     * @throws IllegalArgumentException if there are several and a mask does not fit its array, or the masks of an array are of different
     *     kinds
     */
    public static MultiDataSet of(List<MultiDataSet> parts) {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        INDArray[] ofFeatures =
                exampleMasks("features mask", parts, MultiDataSet::getFeatures, MultiDataSet::getFeaturesMaskArrays);
        INDArray[] ofLabels =
                exampleMasks("label mask", parts, MultiDataSet::getLabels, MultiDataSet::getLabelsMaskArrays);
        MultiDataSet merged = MultiDataSet.merge(parts);
        merged.setFeaturesMaskArrays(replaced(merged.getFeaturesMaskArrays(), ofFeatures));
        merged.setLabelsMaskArray(replaced(merged.getLabelsMaskArrays(), ofLabels));
        return merged;
    }

    private static INDArray @Nullable [] replaced(INDArray @Nullable [] masks, @Nullable INDArray[] ofExamples) {
        for (int i = 0; masks != null && i < masks.length; i++) {
            masks[i] = ofExamples[i] == null ? masks[i] : ofExamples[i];
        }
        return masks;
    }

    /** For each input or output the merged mask of examples, or null if its masks are of another kind. */
    private static @Nullable INDArray[] exampleMasks(
            String name,
            List<MultiDataSet> parts,
            Function<MultiDataSet, INDArray[]> arrays,
            Function<MultiDataSet, INDArray @Nullable []> masks) {
        INDArray[] merged = new INDArray[arrays.apply(parts.get(0)).length];
        for (int i = 0; i < merged.length; i++) {
            Set<Kind> kinds = EnumSet.noneOf(Kind.class);
            INDArray[] columns = new INDArray[parts.size()];
            for (int part = 0; part < columns.length; part++) {
                INDArray array = arrays.apply(parts.get(part))[i];
                INDArray[] given = masks.apply(parts.get(part));
                if (given == null || given[i] == null) {
                    columns[part] = Nd4j.ones(array.dataType(), array.size(0), 1);
                } else {
                    kinds.add(kind(name, given[i].shape(), array.shape()));
                    columns[part] = given[i].castTo(array.dataType());
                }
            }
            if (kinds.size() > 1) {
                throw new IllegalArgumentException(
                        "%s %d is one of %s in different batches but must be of one kind in all; give them masks of the same rank"
                                .formatted(name, i, kinds));
            }
            merged[i] = kinds.contains(Kind.EXAMPLES) ? Nd4j.concat(0, columns) : null;
        }
        return merged;
    }

    private static Kind kind(String name, long[] mask, long[] array) {
        boolean sequence = array.length == 3;
        if (!sequence && Arrays.equals(mask, new long[] {array[0], 1})) {
            return Kind.EXAMPLES;
        }
        if (sequence && Arrays.equals(mask, new long[] {array[0], array[2]})) {
            return Kind.STEPS;
        }
        boolean image = array.length > 3;
        if (image ? isBroadcast(mask, array) : Arrays.equals(mask, array)) {
            return Kind.ELEMENTS;
        }
        throw new IllegalArgumentException(
                "%s has shape %s but must be that of the array %s, or [examples, steps] of a sequence, or else [examples, 1]; correct the mask or leave it out"
                        .formatted(name, Arrays.toString(mask), Arrays.toString(array)));
    }

    private static boolean isBroadcast(long[] mask, long[] array) {
        boolean fits = mask.length == array.length && mask[0] == array[0];
        for (int axis = 1; fits && axis < array.length; axis++) {
            fits = mask[axis] == 1 || mask[axis] == array[axis];
        }
        return fits;
    }
}
