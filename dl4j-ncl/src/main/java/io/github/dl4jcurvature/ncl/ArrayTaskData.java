/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.ArrayList;
import java.util.List;

import io.github.dl4jcurvature.fisher.MergedBatch;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.indexing.SpecifiedIndex;

/** Examples in arrays, the example index first. */
final class ArrayTaskData implements TaskData {
    private final MultiDataSet data;

    ArrayTaskData(MultiDataSet data) {
        this.data = data;
    }

    static MultiDataSet read(DataSetIterator iterator) {
        if (iterator.resetSupported()) {
            iterator.reset();
        }
        List<DataSet> batches = new ArrayList<>();
        while (iterator.hasNext()) {
            batches.add(iterator.next());
        }
        if (batches.isEmpty()) {
            throw new IllegalArgumentException("the iterator has no example; pass one with data, or reset it");
        }
        return MergedBatch.of(batches.stream()
                .map(batch -> (org.nd4j.linalg.dataset.MultiDataSet) batch.toMultiDataSet())
                .toList());
    }

    @Override
    public long examples() {
        return data.getFeatures(0).size(0);
    }

    @Override
    public MultiDataSet batch(long... indices) {
        for (long index : indices) {
            if (index < 0 || index >= examples()) {
                throw new IllegalArgumentException(
                        "indices must be in [0, %d) but one is %d".formatted(examples(), index));
            }
        }
        return new org.nd4j.linalg.dataset.MultiDataSet(
                rows(data.getFeatures(), indices),
                rows(data.getLabels(), indices),
                rows(data.getFeaturesMaskArrays(), indices),
                rows(data.getLabelsMaskArrays(), indices));
    }

    private static INDArray @Nullable [] rows(INDArray @Nullable [] arrays, long[] indices) {
        if (arrays == null) {
            return null;
        }
        INDArray[] result = new INDArray[arrays.length];
        for (int i = 0; i < arrays.length; i++) {
            if (arrays[i] != null) {
                result[i] = rows(arrays[i], indices);
            }
        }
        return result;
    }

    private static INDArray rows(INDArray array, long[] indices) {
        if (array.rank() == 2) {
            int[] rows = new int[indices.length];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = Math.toIntExact(indices[i]);
            }
            return Nd4j.pullRows(array, 1, rows);
        }
        INDArrayIndex[] where = new INDArrayIndex[array.rank()];
        java.util.Arrays.fill(where, NDArrayIndex.all());
        where[0] = new SpecifiedIndex(indices);
        long[] shape = array.shape().clone();
        shape[0] = indices.length;
        return array.get(where).dup('c').reshape('c', shape); // the host drops dimensions of one
    }
}
