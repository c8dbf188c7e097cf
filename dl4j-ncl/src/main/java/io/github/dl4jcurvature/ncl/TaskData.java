/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.function.UnaryOperator;

import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/**
 * Examples of a task that can be asked for by number: kept in memory, or made when they are wanted.
 *
 * <p>An example must be the same whenever it is asked for; a run that was interrupted then goes on as if it had not been.
 */
public interface TaskData {

    /**
     * Number of examples.
     *
     * @return the number
     */
    long examples();

    /**
     * Some examples.
     *
     * @param indices numbers of the examples, from 0, at least one
     * @return fresh arrays with the examples in that order
     */
    MultiDataSet batch(long... indices);

    /**
     * The same examples changed when they are asked for.
     *
     * @param change gets fresh arrays, which it may modify, and returns the changed ones
     * @return a view
     */
    default TaskData changed(UnaryOperator<MultiDataSet> change) {
        TaskData original = this;
        return new TaskData() {
            @Override
            public long examples() {
                return original.examples();
            }

            @Override
            public MultiDataSet batch(long... indices) {
                return change.apply(original.batch(indices));
            }
        };
    }

    /**
     * An iterator over all examples in their order, for the host's and for {@link Ncl#endTask}.
     *
     * @param batchSize examples in a batch, positive; the last batch may have fewer
     * @return an iterator that can be reset
     */
    default MultiDataSetIterator iterator(int batchSize) {
        return new TaskDataIterator(this, batchSize);
    }

    /**
     * Examples in memory.
     *
     * @param data features, labels and masks; kept by reference
     * @return its examples
     */
    static TaskData of(DataSet data) {
        return new ArrayTaskData(data.toMultiDataSet());
    }

    /**
     * Examples in memory.
     *
     * @param data features, labels and masks of all inputs and outputs; kept by reference
     * @return its examples
     */
    static TaskData of(MultiDataSet data) {
        return new ArrayTaskData(data);
    }

    /**
     * All examples of an iterator, read into memory.
     *
     * @param data is reset before
     * @return its examples
     * @throws IllegalArgumentException if there is none
     */
    static TaskData of(DataSetIterator data) {
        return new ArrayTaskData(ArrayTaskData.read(data));
    }
}
